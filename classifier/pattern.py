"""Pattern: words that a text contains, with `*` for anything between them and `{host}` for one word that is taken out.

No regular expression of a user's ever runs. Each piece is looked for once behind the one before it, so that time is linear in the text.
"""

import re

from classifier.phrases import fold

HOST = "{host}"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")  # folded: a host, a domain, an address of IPv4
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_TRIES = 20  # places at which a piece with {host} is tried
_LONGEST = 255  # characters of a host name, RFC 1035 §2.3.4


def found(pattern: str, text: str) -> tuple[bool, str]:
    """Whether the folded text contains the pattern, and the host that it names there, "" where it takes none."""
    at, host = 0, ""
    for piece in fold(pattern).split("*"):
        if HOST in piece:
            at, host = _named(piece, text, at)
        else:
            place = text.find(piece, at)
            at = place + len(piece) if place >= 0 else -1
        if at < 0:
            return False, ""
    return True, host


def _named(piece: str, text: str, at: int) -> tuple[int, str]:
    """Where a piece with {host} ends, and the host; -1 where it does not stand there."""
    before, _, after = piece.partition(HOST)
    if not (before.strip() or after.strip()):
        match = _NAME.search(text, at)
        return (match.end(), match[0][:_LONGEST]) if match else (-1, "")
    for _ in range(_TRIES):
        at = text.find(before or after, at)
        if at < 0:
            break
        host, end = _behind(text, at + len(before), after) if before else _in_front(text, at, after)
        if host:
            return end, host
        at += 1
    return -1, ""


def _behind(text: str, at: int, after: str) -> tuple[str, int]:
    match = _NAME.match(text[at : at + _LONGEST])
    if match is None:
        return "", -1
    # What follows may be a part of the name: {host}.example.com
    end = text.find(after, at + 1, at + match.end() + len(after)) if after else at + match.end()
    return (text[at:end], end + len(after)) if end > at else ("", -1)


def _in_front(text: str, at: int, after: str) -> tuple[str, int]:
    start = at
    while start > max(0, at - _LONGEST) and text[start - 1] in _LETTERS:
        start -= 1
    return text[start:at].strip("._-"), at + len(after)


def refusal(pattern: str) -> str:
    """Why it cannot be used; "" if it can."""
    plain = fold(pattern)
    if plain.count(HOST) > 1:
        return "write {host} once"
    if not plain.replace("*", "").replace(HOST, "").strip():
        return "name words, too, which every such mail has"
    return ""
