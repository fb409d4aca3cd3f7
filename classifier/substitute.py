"""Substitute: whom an out-of-office note names as the contact meanwhile. An address, or a name with a telephone number; "" if it names nobody.

It says what the note says, for people to read. Nothing is ever sent there.
"""

import re
from collections.abc import Iterator
from itertools import islice

from classifier.almanac import Tongue, tongues
from classifier.phrases import words
from classifier.sentences import CAP, level

_MOST = 80  # sentences that are looked at
_BEHIND = 4  # sentences behind the one that says whom to ask, in which the address may stand
_ADDRESS = re.compile(r"[\w.%+'-]{1,64}@[\w.-]{1,190}\.[^\W\d_]{2,24}")
_PHONE = re.compile(r"(?<![\w.,/@-])(?:\+|\(\+?)?\d[\d ()/.–-]{4,20}\d(?![\w@])")
_DATE = re.compile(
    r"(?:\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d\d)|\d{4}[./-]\d\d?[./-]\d\d?)(?: ?[–-] ?\d.*)?"
    r"|\d{1,2}[./]\d{1,2}\.? ?[–-] ?\d{1,2}[./]\d.*"
)
_DIGITS = 6  # of the shortest telephone number that somebody would give to strangers
_DIGIT = re.compile(r"\d")
_BREAK = re.compile(r"(?<=[.!?。！？])[^\S\n]+|\n")
_UNCASED = re.compile("[\u0590-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts without capital letters
_APART = re.compile("[\u0590-\u06ff]")  # those of them that put spaces between words
_WORD = re.compile(r"[^\s,;:、，。()（）「」<>]+")
_FIRST = re.compile(r"(?:^|[.!?:]) *$")
_BEFORE = 60  # characters before a number in which its name stands
_TITLE = 4  # letters of "Dr." with its dot, and of what is like it
_SKIPPED = 6  # words without a capital letter between them
_LABELS = words(
    "tel telefon telephone phone fon mobil mobile handy тел τηλ בטלפון טלפון טל هاتف الرقم رقم على 電話 电话 전화 ext nr no"
)
_MYSELF = words(
    "me my mich mir mein meine meinem moi mon mio mia mi meu minha mij mijn mig mit meg min mitt mnie mój mně můj mňa môj engem mine мне мной мой мені meni minu με μου"
)
_POLITE = frozenset({"Sie", "Ihnen", "Ihr", "Ihre", "I", "Please", "Bitte", "You", "Lei", "Vous", "Pan", "Pani", "Вы"})
_NOUNS = words("Fall Fällen Notfall Notfällen Angelegenheit Angelegenheiten Anliegen Frage Fragen Rückfragen")  # German


def substitute(text: str, own: frozenset[str], language: str) -> str:
    """The first contact of a note that is not one of `own`, addresses in lower case. `language`: that of its phrases, or ""."""
    if "@" not in text and not _DIGIT.search(text):
        return ""
    units = list(islice(_units(text[:CAP]), _MOST))
    spoken = tongues(level(text[:CAP]), language)
    for at, unit in enumerate(units):
        if unit and _asks(unit, spoken):
            near = list(_near(units, at))
            found = _address(near, own) or _by_phone(near, spoken)
            if found:
                return found
    return ""


def _units(text: str) -> Iterator[str]:
    """Sentences and lines as they were written; an empty one for each empty line."""
    for part in _BREAK.split(text):
        yield " ".join((part or "").split())


def _asks(unit: str, spoken: list[Tongue]) -> bool:
    said = level(unit)
    return any(tongue.pattern("contact").search(said) for tongue in spoken)


def _near(units: list[str], at: int) -> Iterator[str]:
    """The sentence that says whom to ask, and what belongs to it: an empty line ends it, unless it announces what follows."""
    yield units[at]
    last = units[at]
    for unit in units[at + 1 : at + 1 + _BEHIND]:
        if unit == "--" or (not unit and not last.endswith((":", "："))):
            return
        yield unit
        last = unit or last.rstrip(":：")


def _address(near: list[str], own: frozenset[str]) -> str:
    named = (match.group().strip(".'-").removeprefix("mailto:") for unit in near for match in _ADDRESS.finditer(unit))
    return next((address for address in named if address.lower() not in own), "")


def _by_phone(near: list[str], spoken: list[Tongue]) -> str:
    """A name with the number behind it."""
    text = " ".join(near)
    for match in _PHONE.finditer(text):
        number = match.group().strip(" (")
        if sum(char.isdigit() for char in number) >= _DIGITS and not _DATE.fullmatch(number):
            name = _name(text[max(0, match.start() - _BEFORE) : match.start()], spoken)
            return f"{name}, {number}" if name else ""
    return ""


def _name(before: str, spoken: list[Tongue]) -> str:
    """The last words with capital letters before a number; in scripts without capitals, the last words."""
    names: list[str] = []
    skipped = 0
    for word in reversed(_WORD.findall(before)):
        bare = word.strip("!?'\"")
        bare = bare if len(bare) <= _TITLE else bare.strip(".")
        if not bare[:1].isalpha() or bare.strip(".").lower() in _LABELS:
            continue
        asks = _cue_end(bare, spoken)
        if _UNCASED.match(bare):
            names.insert(0, bare[asks:])
            if asks or len(names) == (2 if _APART.match(bare) else 1):
                break
        elif bare.lower() in _MYSELF:
            return ""
        elif asks or not bare[0].isupper() or bare in _POLITE | _NOUNS:
            skipped += not names
            if names or skipped > _SKIPPED:
                break
        else:
            names.insert(0, bare)
    if skipped and names and _FIRST.search(before[: before.rfind(names[0])]):
        del names[0]  # it has its capital letter from its place
    return " ".join(name for name in names if name)[-_BEFORE:]


def _cue_end(word: str, spoken: list[Tongue]) -> int:
    """Where the words that ask for a contact end in this one; 0 where there are none."""
    said = level(word)
    return max((match.end() for tongue in spoken for match in tongue.pattern("contact").finditer(said)), default=0)
