"""Authentication: what the servers that we trust say of the From address (RFC 8601). It verifies no signature itself.

reliability.md's S48 to S50 in short: believed is a header whose authserv-id is configured, and which stands above the first
Received header that a foreign host wrote; `yes` needs dmarc=pass for the one From domain, or an aligned dkim=pass.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from classifier.verdict import Evidence, Passed
from inbound.message import Message

_VALUE_CAP = 8192
_RESULTS_CAP = 64
_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]+)", re.IGNORECASE)
_TAG = re.compile(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result: `dkim=pass header.d=example.org` is ("dkim", "pass", {"header.d": "example.org"})."""

    method: str
    value: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class Results:
    """One header. `authserv` is "" in Microsoft's form, which names no server."""

    authserv: str
    results: tuple[Result, ...]


def authenticate(evidence: Evidence) -> tuple[Passed, str]:
    """What trusted servers say of the author, and the words that say it ("" where there are none)."""
    message = evidence.message
    results = tuple(_first_of_each_method(trusted(message, evidence.ours.authserv_ids)))
    domain = message.from_[0].domain if message.from_ else ""
    if not results:
        return Passed.UNKNOWN, ""
    if len(message.values("from")) > 1 or len(message.from_) != 1 or not domain:
        return Passed.UNKNOWN, "there is not exactly one From (S50)"
    return _weigh(results, domain, message)


def nothing_said(evidence: Evidence) -> str:
    """Why nobody says anything about the author of a mail for which `authenticate` has no words."""
    trusted_ids = sorted(evidence.ours.authserv_ids)
    if not trusted_ids:
        return "no server is trusted to say: trusted_authserv_ids is not set"
    return f"no Authentication-Results of {', '.join(trusted_ids)}"


def _weigh(results: tuple[Result, ...], domain: str, message: Message) -> tuple[Passed, str]:
    dmarc = next((r for r in results if r.method == "dmarc" and r.value != "none"), None)
    if dmarc and dmarc.value == "fail":
        return Passed.NO, _words(dmarc)
    if _weakly_signed(message, domain):
        return Passed.UNKNOWN, "the DKIM signature leaves part of the mail open (S50)"
    if dmarc and dmarc.value == "pass" and dmarc.properties.get("header.from", "").rpartition("@")[2] == domain:
        return Passed.YES, _words(dmarc)
    signed = [r for r in results if r.method == "dkim" and aligned(_signer(r), domain)]
    for result in signed:
        if result.value == "pass":
            return Passed.YES, _words(result)
    failed = [r for r in (*signed, *(s for s in results if s.method == "spf")) if r.value == "fail"]
    return (Passed.NO, _words(failed[0])) if failed else (Passed.UNKNOWN, _words(results[0]))


def trusted(message: Message, authserv_ids: frozenset[str]) -> Iterator[Results]:
    """The headers that are believed (S48), from the top. The zone ends at the first Received of a foreign host."""
    if not authserv_ids:
        return
    hosts = [_by(value) for value in message.values("received")]
    passed = 0
    for name, value in message.headers:
        if name == "received":
            if not _is_ours(hosts[passed], authserv_ids):
                return
            passed += 1
        elif name == "authentication-results":
            results = parse_results(value)
            # Microsoft's form names no server: then the host of the next hop down, which wrote both, must be ours.
            server = results.authserv or (hosts[passed] if passed < len(hosts) else "")
            if server in authserv_ids or (not results.authserv and _is_ours(server, authserv_ids, local=False)):
                yield results


def parse_results(value: str) -> Results:
    """Read one Authentication-Results value. Total and linear; what is no result is left out."""
    pieces = [piece.split() for piece in _without_comments(value[:_VALUE_CAP]).split(";")[:_RESULTS_CAP]]
    head = pieces[0] if pieces else []
    names_server = bool(head) and "=" not in head[0]
    authserv = head[0].lower() if names_server else ""
    rest = pieces[1:] if names_server else pieces
    return Results(authserv, tuple(result for words in rest if (result := _result(words)) is not None))


def _result(words: list[str]) -> Result | None:
    method, equals, value = words[0].partition("=") if words else ("", "", "")
    if not (method and equals and value):
        return None
    pairs = (word.partition("=") for word in words[1:])
    properties = {key.lower(): text.strip('"').lower() for key, sign, text in pairs if sign}
    return Result(method.lower().partition("/")[0], value.lower(), properties)


def _without_comments(value: str) -> str:
    """The value without its comments, which nest (RFC 5322 §3.2.2); by counting, so that no depth is too deep."""
    kept, depth, quoted = [], 0, False
    for char in value:
        if char == '"' and not depth:
            quoted = not quoted
        if char == "(" and not quoted:
            depth += 1
        if not depth:
            kept.append(" " if char in "\r\n\t" else char)
        if char == ")" and not quoted and depth:
            depth -= 1
            kept.append(" ")
    return re.sub(r" ?= ?", "=", " ".join("".join(kept).split()))


def _first_of_each_method(headers: Iterator[Results]) -> Iterator[Result]:
    """Only the topmost header that reports a method counts for it: a lower one may be the sender's own forgery."""
    seen: set[str] = set()
    for header in headers:
        yield from (result for result in header.results if result.method not in seen)
        seen.update(result.method for result in header.results)


def aligned(signer: str, author: str) -> bool:
    """Relaxed alignment (RFC 7489 §3.1.1) without a public suffix list: one domain is the other, or above it."""
    if signer.count(".") < 1 or author.count(".") < 1:
        return False
    return signer == author or signer.endswith("." + author) or author.endswith("." + signer)


def _signer(result: Result) -> str:
    return result.properties.get("header.d") or result.properties.get("header.i", "").rpartition("@")[2]


def _weakly_signed(message: Message, domain: str) -> bool:
    """Whether an aligned signature has l= (its end may be forged) or does not sign From."""
    for value in message.values("dkim-signature"):
        tags = {name.lower(): text.strip().lower() for name, text in _TAG.findall(value[:_VALUE_CAP])}
        fields = {name.strip() for name in tags.get("h", "from").split(":")}
        if aligned(tags.get("d", ""), domain) and ("l" in tags or "from" not in fields):
            return True
    return False


def _by(received: str) -> str:
    found = _BY.search(received[:_VALUE_CAP])
    return found[1].lower().rstrip(".") if found else ""


def _is_ours(host: str, authserv_ids: frozenset[str], *, local: bool = True) -> bool:
    """Whether a host that wrote a Received header is one of ours. A hop without a name is a hand-over inside a host."""
    if not host or ":" in host or host == "localhost" or "." not in host:
        return local
    # Below a configured name, never beside it: the parent of example.co.uk is everybody's. Siblings are named themselves.
    return any(host == own or host.endswith("." + own) for own in authserv_ids)


def _words(result: Result) -> str:
    shown = ("header.from", "header.d", "header.i", "smtp.mailfrom")
    return " ".join(
        [f"{result.method}={result.value}", *(f"{k}={v}" for k, v in result.properties.items() if k in shown)]
    )
