"""Forwards: who wrote the mail that a person forwards, when and on what, as the headers in the text claim. It proves nothing.

Only the writer's own part is looked at: a forward that stands in a quoted reply is somebody else's.
"""

import re

from inbound import attributions
from inbound.attributions import Role
from inbound.message import Address, Forwarded
from inbound.quotes import Marked, Of, is_block

_LINES = 300  # lines in which a forward begins
_HEADERS = 25  # lines in which its headers stand
_VALUE = 300  # characters of a header's value
_ADDRESS = re.compile(r"[^\s<>\[\]()\"',;:|@]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?![\w.-]*@)")
_NAME = " \t\"'<>[](),;:|*«»„“”\xa0\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_QUOTED_NAME = re.compile(r"[\"„«“]([^\"“”»]{1,100})[\"”»“]$")
_NAMES = 4  # words of a name
_MAILTO = re.compile(r"mailto:?", re.IGNORECASE)


def original(marked: Marked, *, fronted: bool) -> tuple[int | None, Forwarded | None]:
    """Where the forwarded mail begins below a line that says so (None without one), and what its headers claim.

    `fronted`: the subject says that it is a forward. Then the first quoted mail's headers are the forwarded one's, as Outlook
    writes them.
    """
    lines = marked.lines
    for number in range(marked.rest, min(len(lines), _LINES)):
        line = lines[number]
        if marked.kinds[number] is not Of.QUOTED and attributions.introduces(line) and attributions.forwards(line):
            return number, _claims(lines, number + 1)
    return None, _block_of(lines) if fronted else None


def _block_of(lines: list[str]) -> Forwarded | None:
    for number, line in enumerate(lines[:_LINES]):
        if is_block(lines, number) or attributions.original(line):
            return _claims(lines, number)
        if len(line) <= attributions.LONGEST and attributions.ends(line) and "@" in line:
            said = (
                line
                if attributions.dated(line) or not number
                else f"{lines[number - 1][: attributions.LONGEST]} {line}"
            )
            if attributions.dated(said):
                return _attributed(said)
    return None


def _claims(lines: list[str], start: int) -> Forwarded | None:
    """What the header lines from here on say; each label counts once, the first."""
    values: dict[Role, str] = {}
    for number in range(start, min(len(lines), start + _HEADERS)):
        line = _bare(lines[number])
        found = attributions.label(line[: attributions.LONGEST])
        if found is None:
            if values and not line:
                break
            if not values and attributions.ends(line) and "@" in line and attributions.dated(line):
                return _attributed(line)
            continue
        role, value = found
        following = _bare(lines[number + 1]) if number + 1 < len(lines) else ""
        if value.count("<") > value.count(">") or (role is Role.FROM and not value):
            value = f"{value}{'' if value.endswith('@') else ' '}{following}"
        values.setdefault(role, value[:_VALUE])
    if not values.get(Role.FROM):
        return None
    sender = person(values[Role.FROM])
    return Forwarded(sender, _line(values.get(Role.SENT, "")), _line(values.get(Role.SUBJECT, ""))) if sender else None


def _attributed(line: str) -> Forwarded | None:
    """Yandex, Yahoo, Outlook for Mac: `On 2 Nov 2026, at 09:15, Kim Example <kim@example.com> wrote:`."""
    at = _ADDRESS.search(line)
    if at is None:
        return None
    before = line[: at.start()].rstrip(" \t<([")
    named = _QUOTED_NAME.search(before)
    name = named[1] if named else _last_name(before)
    date = before[: named.start()] if named else before.removesuffix(name)
    if not attributions.MOMENT.search(date):
        date = line[at.end() :]
    return Forwarded(Address(_address(at[0]), _line(name)), _line(date.strip(_NAME)[:80]))


def _last_name(before: str) -> str:
    """The words with a capital that end it."""
    words = before.split(" ")
    start = len(words)
    while (
        start
        and len(words) - start < _NAMES
        and words[start - 1][:1].isupper()
        and words[start - 1][-1:] not in {",", ":", ";"}
    ):
        start -= 1
    return " ".join(words[start:])


def person(value: str) -> Address | None:
    """`Kim Example <kim@example.com>`, `Kim [mailto:kim@example.com]`, or a name alone; None where neither stands there."""
    value = _MAILTO.sub("", value[:_VALUE])
    # A name may look like an address; the one in angle brackets counts (RFC 5322 §3.4).
    found = _ADDRESS.search(value, value.rfind("<") + 1) or _ADDRESS.search(value)
    if found is None:
        name = _line(value.strip(_NAME))
        return Address("", name) if name and "@" not in name else None
    return Address(_address(found[0]), _line(value[: found.start()].strip(_NAME)))


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def _bare(line: str) -> str:
    """Apple's forwards stand behind ">"."""
    return line[: 2 * _VALUE].lstrip("> \t").rstrip()


def _line(text: str) -> str:
    """One line without anything that does not print."""
    return " ".join("".join(char if char.isprintable() else " " for char in text[:_VALUE]).split())
