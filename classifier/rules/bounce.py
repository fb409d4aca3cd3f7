"""Rules for bounces: delivery reports (RFC 3464) and the plain ones of qmail, Exim, Exchange, Gmail, Postfix, Domino.

Words alone make no bounce: people quote bounces and ask about them. A daemon or the null sender must have sent it.
"""

from classifier.clues import Clues
from classifier.failure import code_of, explained
from classifier.senders import is_daemon, is_nobody
from classifier.undelivered import returned
from inbound.message import Address

_NOBODY = Address("")
_WORDS = frozenset({"failed", "delayed"})
_NOTED = frozenset({"delivered", "relayed", "expanded"})


def delivery_report(clues: Clues) -> str:
    """A multipart/report of type delivery-status that says more than "delivered" (RFC 3464 §2.3.3)."""
    report = clues.message.report
    if not report or report.report_type != "delivery-status" or clues.message.content_type != "multipart/report":
        return ""
    actions = set(report.actions)
    if actions and actions <= _NOTED:
        return ""
    late = bool(actions) and actions <= {"delayed"} | _NOTED
    said = " ".join((*report.actions[:1], *report.statuses[:1], *report.recipients[:1]))
    return (
        "delayed, not failed: " if late else ""
    ) + f"Content-Type: multipart/report; delivery-status {said}".rstrip()


def plain_bounce(clues: Clues) -> str:
    """A mail system, and the words or the code of a bounce."""
    code = _code(clues)
    # In a language that we do not know the code must do; a mail system sent it, or the null sender and a postmaster.
    coded = bool(code) and (
        _mailer(clues) or (clues.null_path and clues.sender is not None and is_daemon(clues.sender))
    )
    words = bounce_words(clues) or (f'text "{code}"' if coded else "")
    # Re: in front is a person's, and a few mailers', who send back the subject as it came.
    handled = (clues.reply or clues.forward) and not (code and _mailer(clues))
    if not words or handled or _something_else(clues, code):
        return ""
    failed = clues.header("x-failed-recipients")
    if failed:
        return f"X-Failed-Recipients: {failed}; {words}"
    return f"{sent_by(clues)}; {words}" if _sent(clues, code) else _told_by_a_machine(clues, code, words)


def _sent(clues: Clues, code: str) -> bool:
    """Whether a mail system sent it, or somebody who must have said it twice."""
    sender, title = clues.sender, clues.titled.first("failure", "delay")
    daemon = sender is not None and is_daemon(sender)
    if _mailer(clues) or (daemon and clues.null_path):
        return True
    # A postmaster, a "System Administrator" and a mail without From may be people; a vacation note has the null sender, too.
    if not (daemon or sender is None or clues.null_path):
        return False
    # Some web forms have the null sender, too: a bounce names the address, or returns something, if only as a quote.
    back = returned(clues.message) or (clues.quoted and clues.null_path and "failed" in clues.body)
    if not (daemon or code or "@" in clues.new or back):
        return False
    # A bounce has the null sender (RFC 5321 §4.5.5): where another one is known, a title is not enough.
    title = "" if clues.message.return_path else title
    if clues.wants and not (code and clues.null_path):
        return daemon and bool(title and (code or "failed" in clues.body))
    return bool(title or (code and clues.null_path) or _said_twice(clues))


def _mailer(clues: Clues) -> bool:
    """MAILER-DAEMON and its like: nobody writes with such an address."""
    local = clues.sender.key.partition("@")[0] if clues.sender else ""
    daemon = local.startswith(("mailer", "mail", "microsoftexchange", "post_master")) and is_daemon(
        clues.sender or _NOBODY
    )
    return daemon or "x-ms-exchange-message-is-ndr" in clues.headers


def _told_by_a_machine(clues: Clues, code: str, words: str) -> str:
    """Any machine that says it in subject and text, and returns the mail, its id, or the other server's words: parcels fail, too."""
    title, text = "failure" in clues.titled, "failed" in clues.body
    proof = bool(code or returned(clues.message))
    if not (title and proof) or clues.mailer:
        return ""
    if clues.machine:
        return f"{clues.machine}; {words}"
    nobody = clues.sender is not None and is_nobody(clues.sender)
    return f"{sent_by(clues)}; {words}" if nobody and text else ""


def _something_else(clues: Clues, code: str) -> bool:
    """Whether it is a vacation note (RFC 3834 §3.3: null sender, too) or a filter that asks its sender to prove something."""
    if "automatic reply" in clues.titled:
        return True
    return ("away" in clues.body and "failed" not in clues.body) or ("challenge" in clues.body and not code)


def _code(clues: Clues) -> str:
    """What the other server said, by its code; looked for only where it matters."""
    if not (
        clues.null_path or clues.sender is None or clues.machine or is_nobody(clues.sender) or is_daemon(clues.sender)
    ):
        return ""
    lines = explained(clues.new)
    code, status, at = code_of(lines)
    return f"{code or ''} {status}".strip() if at >= 0 else ""


def _said_twice(clues: Clues) -> bool:
    """Two different phrases in two places: "not delivered" stands in "was not delivered", too."""
    said = sorted((hit.at, hit.at + len(hit.phrase.text)) for hit in clues.body.hits if hit.phrase.says in _WORDS)
    apart, end = 0, 0
    for at, until in said:
        apart, end = (apart + 1, until) if at >= end else (apart, max(end, until))
    return apart >= 2 and not clues.wants


def bounce_words(clues: Clues) -> str:
    """The words that say what could not be delivered, with "delayed" in front where it is only late."""
    late = clues.titled.first("delay") or clues.body.first("delayed")
    if late and "failed" not in clues.body:
        return f'delayed, not failed: "{late}"'
    title, body = clues.titled.first("failure"), clues.body.first("failed")
    if title:
        return f'subject "{title}"'
    return f'text "{body}"' if body else (f'delayed: "{late}"' if late else "")


def sent_by(clues: Clues) -> str:
    """The evidence that a mail system sent it."""
    if clues.null_path:
        return "Return-Path: <>"
    return f"From: {clues.sender.name} <{clues.sender.addr}>" if clues.sender else "no From"
