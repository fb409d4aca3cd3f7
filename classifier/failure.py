"""Failure: what the plain text of a bounce says: for whom, for good or not, by which code and why. It never judges what a mail is.

Mailers put a list of addresses first, then what the other server said (`550 5.1.1 …`), then a copy of the mail or of its
headers. All is read by lines, each capped, and each pattern looks at a line once: time is linear in the text.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from classifier.phrases import words
from inbound.texts import Texts

_LINES, _LINE = 400, 300  # how many lines of the explanation are read, and how much of each
_REASON = 300  # characters
_MOST = 20  # recipients

# RFC 5321 §4.2.3 and what else servers send; a number that is none of them is no code.
_CODES = words(
    "421 450 451 452 454 455 471 500 501 502 503 504 510 511 512 513 521 523 530 535 541 544 550 551 552 553 554 555 556 557 571",
)
_CODED = re.compile(r"[245](?:\d\d|\.[0-7])")
_NEAR = re.compile(r"""(?:^|[\s:#('"<>=;,-])([245]\d\d)[ -](?:#|\()?([245]\.[0-7]\.\d{1,3})(?![.\d])""")
_STATUS = re.compile(r"(?<![\w.])([45]\.[0-7]\.\d{1,3})(?![\w]|\.\d)")
_CODE = re.compile(
    r"""(?:^[\W_]*|[:#('"<>=;]\s?|\b(?:said|error|code|with|returned|returned:|reason:|status)\s)([45]\d\d)(?![\w.]|-\d)"""
)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}\w{2,24}", re.ASCII)
_LEADING = " \t\u3000\xa0\"'<>*•·-–|[(:："
_FIELD = re.compile(r"[>\s|]{0,12}([A-Za-z-]{2,40}):(?=[ \t<])")
_TRACE = words("received return-path from to subject date message-id mime-version x-mailer dkim-signature content-type")
_NOT_THEM = ("mailer-daemon@", "postmaster@", "abuse@", "helpdesk@", "noreply@", "no-reply@")
_NOT_HERE = re.compile(
    r"\b(?:message-?id|e?smtp id|from|sender|mail from|contact|kontakt)\b[^@]{0,40}$|\bfrom ?:", re.IGNORECASE
)
_IDS = words("message-id x-postroom-loop")
_ID = re.compile(r"<[^<>\s]{3,900}>")
_CUT = Texts(
    (
        *("below this line is a copy", "this is a copy of the message", "this is a copy of your message"),
        *("original message follows", "message header follows", "included is a copy of the message"),
        *("original message headers", "unsent message below", "unsent message follows", "returned message follows"),
        *("---original message", "--- original message", "---message body follows", "--- message body follows"),
        *("---returned m", "--- returned m", "message text follows", "copy of the original message"),
    )
)


def explained(text: str) -> list[str]:
    """The lines above the copy of the mail, or of its headers, that bounces end with."""
    lines = [line[:_LINE] for line in text[: _LINES * _LINE].splitlines()[:_LINES]]
    low = "\n".join(lines).lower()
    cut = min((start for _, start, _ in _CUT.places(low)), default=-1)
    lines = lines[: low.count("\n", 0, cut)] if cut >= 0 else lines
    named = 0
    for number, line in enumerate(lines):
        field = _FIELD.match(line)
        trace = field is not None and field[1].lower() in _TRACE
        named = named + 1 if trace else (named if line[:1] in " \t" and line.strip() else 0)
        if named == 3:
            return lines[: max(0, number - 2)]
    return lines


def code_of(lines: Sequence[str]) -> tuple[int | None, str, int]:
    """The SMTP code, the enhanced status code (RFC 3463) and the number of their line; the last is -1 where there is none.

    The two together are the best witness; a lone status stands before a lone code.
    """
    coded = [(number, line) for number, line in enumerate(lines) if _CODED.search(line)]
    for number, line in coded:
        near = _NEAR.search(line)
        if near and near[1] in _CODES and near[1][0] == near[2][0]:
            return int(near[1]), near[2], number
    for number, line in coded:
        if status := _STATUS.search(line):
            return next((int(code) for code in _codes(line)), None), status[1], number
    found = ((int(code), "", number) for number, line in coded for code in _codes(line))
    return next(found, (None, "", -1))


def _codes(line: str) -> Iterator[str]:
    return (match[1] for match in _CODE.finditer(line) if match[1] in _CODES)


def recipients_of(lines: Sequence[str], others: frozenset[str]) -> tuple[str, ...]:
    """Whom it did not reach: the addresses at the beginnings of lines, else the first that is named. `others`: who it cannot be."""
    first: list[str] = []
    within: list[str] = []
    for line in lines:
        if "@" not in line:
            continue
        for match in islice(_ADDRESS.finditer(line), 5):
            found, before = match[0].strip("'`.").lower(), line[: match.start()]
            if found in others or found.startswith(_NOT_THEM) or _NOT_HERE.search(before[-60:]):
                continue
            (within if before.strip(_LEADING) else first).append(found)
    return tuple(dict.fromkeys(first or within[:1]))[:_MOST]


def addressed(text: str) -> tuple[str, ...]:
    """To whom the copy of the mail says that it went, where that is one address: the only one whom it cannot have reached."""
    for line in text[: _LINES * _LINE].splitlines()[:_LINES]:
        field = _FIELD.match(line[:_LINE])
        if field and field[1].lower() == "to":
            found = {match[0].lower() for match in islice(_ADDRESS.finditer(line[:_LINE]), 5)}
            return tuple(found) if len(found) == 1 else ()
    return ()


def reason_of(lines: Sequence[str], at: int) -> str:
    """What stands on that line and those that go on with it, as one line."""
    said: list[str] = []
    for line in lines[at : at + 4]:
        if said and not line.strip():
            break
        said.append(line.strip(" \t>*<|"))
    return " ".join(" ".join(said).split())[:_REASON]


def returned_ids(text: str) -> tuple[str, ...]:
    """The ids in the copy of the mail: those of its Message-ID, and of the mark that every mail of ours carries."""
    found: list[str] = []
    awaited = False
    for line in text.splitlines():
        if "<" not in line and ":" not in line:
            continue
        field = _FIELD.match(f"{line[:_LINE]} ")
        named = field is not None and field[1].lower() in _IDS
        if named or awaited:
            match = _ID.search(line[: 4 * _LINE])
            found += [match[0]] if match else []
            awaited = named and match is None
        if len(found) >= 5:
            break
    return tuple(dict.fromkeys(found))
