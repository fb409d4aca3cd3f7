"""Attributions: whether a line is one with which mail programs introduce what they quote or forward. The words are in mailers.txt; it never splits."""

import re
from enum import StrEnum

from inbound.mailers import Finder, fold, phrases

LONGEST = 400  # characters that an attribution, a label or a separator takes at most
_LABEL = 60  # characters in which a label ends
_BLANK = " \t\r*|;\xa0\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_EDGES = " \t\r*_|>\xa0\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_DASH = frozenset("-—=#─_")
_DASHED = frozenset(("--", "—", "——", "==", "##", "──", "- "))
_ENDED = frozenset("-—=#─:")
_DASHES = " \t\r-_=*#—–─\xa0"


class Role(StrEnum):
    """What a line of a quoted mail's headers names."""

    FROM = "from"
    SENT = "sent"
    TO = "to"
    SUBJECT = "subject"
    OTHER = "other"


ROLES = {label: role for role in reversed(Role) for label in phrases(role)}
_ORIGINALS, _FORWARDS, _BEGINS = phrases("original"), tuple(phrases("forward")), phrases("begins")
_WROTE, _VERBS, _OPENS = Finder("wrote"), phrases("wrote"), phrases("opens")
# A date or a time, in the digits of any script.
MOMENT = re.compile(r"(?=\d)(?:\d{1,4}[./-]\d|\d{1,2}[:.h]\d\d|(?<!\d)(?:19|20|[٢۲][٠۰])\d\d(?!\d)|\d{1,2}[日월])")
_RULE = re.compile(r"[ \t]*[_\-=*─—]{5,}[ \t]*")
_NOTES = re.compile(r"[^\n]{1,80}--- ?\d{1,4}[./-]\d{1,2}[./-]\d{2,4} [\d:. apm]{4,14} ?---[^\n]{0,200}", re.IGNORECASE)
_GROUPWISE = re.compile(r">>>[^\n]{1,200}>>>[ \t]*")


def label(line: str) -> tuple[Role, str] | None:
    """What a header line of a quoted mail names, and its value; None for any other line."""
    head = line[:_LABEL]
    if head[:1] == "|":
        # NetEase: `| From | Kim Example<kim@example.com> |`.
        cells = line[:LONGEST].strip(_BLANK).split("|")
        found = ROLES.get(fold(cells[0]).strip(_EDGES)) if len(cells) == 2 else None
        return (found, cells[1].strip(_BLANK)) if found else None
    at = head.find(":")
    wide = head.find("：", 0, at if at >= 0 else _LABEL)
    at = wide if wide >= 0 else at
    if at <= 0:
        return None
    found = ROLES.get(" ".join(fold(head[:at]).strip(_EDGES).split()))
    return (found, line[at + 1 : LONGEST].strip(_BLANK)) if found else None


def role(line: str) -> Role | None:
    """What a header line of a quoted mail names."""
    found = label(line)
    return found[0] if found else None


def original(line: str) -> bool:
    """-----Original Message-----, in any language."""
    return _between_dashes(line) in _ORIGINALS


def forwards(line: str) -> bool:
    """Whether the line stands above a forwarded mail."""
    said = _between_dashes(line)
    if said:
        return said.startswith(_FORWARDS)
    return len(line) <= LONGEST and ends(line) and fold(line).strip(_EDGES).rstrip(":").strip() in _BEGINS


def _between_dashes(line: str) -> str:
    """What stands between two dashes at least on either side, folded, or ""."""
    if line.lstrip(" \t*>\xa0")[:1] not in _DASH or len(line) > LONGEST:
        return ""
    bare = line.strip(_EDGES)
    if bare[:2] not in _DASHED or bare[-1:] not in _ENDED:
        return ""
    return " ".join(fold(bare).strip(_DASHES + ":").split())


def plain(line: str) -> bool:
    """Most lines: neither a quote's, nor what may introduce one."""
    return line[:1].isalnum() and ":" not in line and "：" not in line and "---" not in line


def introduces(line: str) -> bool:
    """Whether it is worth asking any of the others: most lines are no label, end with no colon, and have no dash in front."""
    if "---" in line or (not line[:1].isalnum() and line.lstrip(" \t*\xa0")[:1] in _DASH):
        return True
    return (":" in line or "：" in line) and (ends(line) or label(line) is not None)


def ruled(line: str) -> bool:
    """A line of underscores or dashes."""
    return len(line) <= LONGEST and _RULE.fullmatch(line) is not None


def notes(line: str) -> bool:
    """Notes: `Kim Example---02.11.2026 09:15:12---Printer` above the headers."""
    return "---" in line and len(line) <= LONGEST and _NOTES.fullmatch(line) is not None


def groupwise(line: str) -> bool:
    """GroupWise: `>>> Kim Example <kim@example.com> 02.11.2026 09:15 >>>`."""
    return line.startswith(">>>") and len(line) <= LONGEST and _GROUPWISE.fullmatch(line) is not None and dated(line)


def ends(line: str) -> bool:
    """Whether an attribution may end here."""
    return line.rstrip(_EDGES)[-1:] in {":", "："}


def opens(line: str) -> bool:
    """Whether an attribution may begin here."""
    word = line[:40].strip(_EDGES).partition(" ")[0]
    return fold(word).strip("*.,") in _OPENS or bool(MOMENT.search(line[:40]))


def wrote(said: str) -> bool:
    """Whether it says that someone wrote; a date with an address before the colon says it without a verb."""
    folded = fold(said).rstrip(_EDGES)
    if folded.endswith((">:", "):", "]:")) and "@" in folded and MOMENT.search(folded):
        return True
    return _WROTE.finds(folded)


def names_someone(said: str) -> bool:
    """`Kim Example <kim@example.com> wrote:`, without a date, or a date and a time without an address."""
    return ("@" in said and ("<" in said or "(" in said or "[" in said)) or len(MOMENT.findall(said)) > 1


def names_alone(line: str) -> bool:
    """`Kim Example wrote:`, and nothing else: enough above ">", where nobody says "He wrote:" of himself."""
    *names, verb = line[:_LABEL].split() or [""]
    named = 1 < len(names) < 5 and all(name[:1].isupper() for name in names)
    return named and len(line) <= _LABEL and ends(line) and fold(verb).strip(_EDGES + ":") in _VERBS


def dated(said: str) -> bool:
    """Whether it says when and who: enough to believe it without ">"."""
    return bool(MOMENT.search(said)) and ("@" in said or len(MOMENT.findall(said)) > 1)
