"""Almanac: what months, weekdays and the words around a date are called in each language. It reads a table, never a mail.

The table is `dates.txt` beside this file.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import TypeAlias

from classifier.phrases import words
from classifier.sentences import level

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts without spaces, or with endings grown on
_PREFIX = {"he": "[ובלהמכש]{0,2}", "ar": "(?:[وفبل]|[وبف]?ال|لل)?"}  # written together with the word behind them
_TIME = r"(?<!\d)\d{1,2}(?:[:.h]\d\d)? ?(?:am|pm|a\.m\.|p\.m\.|uhr|h|hrs)(?!\w)|(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?:'?[^\W\d_]+)?"
_ROWS = {
    *(
        "months",
        "weekdays",
        "order",
        "until",
        "until after",
        "until ending",
        "through",
        "from",
        "from after",
        "from ending",
    ),
    *(
        "to",
        "and",
        "between",
        "inclusive",
        "aside",
        "before",
        "fill",
        "back",
        "away",
        "here",
        "reach",
        "answer",
        "not",
        "i am",
    ),
    *("contact", "event", "colleague", "other", "subject", "tomorrow", "next", "week", "habit", "common"),
}
_SLOTS = {"months": 12, "weekdays": 7}
_GIVEN = 2  # what it counts that the phrases of a note were in a language
_SURE = 4  # what a script counts that only one language of the table is written in
# Kana, and what Japanese alone writes so.
_JAPANESE = "[\u3040-\u30ff込帰戻対応発済検価実変覧駅円様毎]|休暇|出社"
_SCRIPTS = tuple(
    (code, re.compile(script))
    for code, script in (
        ("ja", _JAPANESE),
        ("ko", "[\uac00-\ud7af]"),
        ("zh", rf"^(?!.*(?:{_JAPANESE})).*[\u4e00-\u9fff]"),
        ("el", "[\u03b1-\u03c9]{2}"),
        ("he", "[\u05d0-\u05ea]"),
        ("ar", "[\u0621-\u064a]"),
    )
)
_MOST = 4  # languages that a text is read in
Table: TypeAlias = dict[str, dict[str, tuple[str, ...]]]


class Tongue:
    """One language of the table, as patterns; each is made when it is first needed."""

    def __init__(self, code: str, rows: dict[str, tuple[str, ...]]) -> None:
        self.code = code
        self.order = rows["order"][0]
        self._rows = rows
        self._made: dict[tuple[str, bool], re.Pattern[str]] = {}

    def forms(self, row: str) -> str:
        """An alternation of a row's forms, longest first; it matches nothing where the row is empty."""
        forms = sorted({form for slot in self._rows.get(row, ()) for form in _spellings(slot)}, key=len, reverse=True)
        prefix = _PREFIX.get(self.code, "")
        begin, amid = (
            "|".join(_pattern(form, prefix) for form in forms if _begins(form) is begins) for begins in (True, False)
        )
        # One look settles it for all of them where no word begins.
        return "|".join(filter(None, (rf"(?<!\w)(?:{begin})" if begin else "", amid))) or "(?!)"

    def pattern(self, row: str, *, ends: bool = False) -> re.Pattern[str]:
        """A row's forms; `ends`: only where a text ends."""
        key = (row, ends)
        if key not in self._made:
            self._made[key] = re.compile(f"(?:{self.forms(row)}){'$' if ends else ''}")
        return self._made[key]

    @cached_property
    def skips(self) -> str:
        """What may stand between a date and the words that say what it is."""
        return "|".join((_TIME, self.forms("inclusive"), self.forms("fill"), self.forms("weekdays")))

    @cached_property
    def skip_before(self) -> re.Pattern[str]:
        return re.compile(f"(?:{self.skips})$")

    @cached_property
    def skip_after(self) -> re.Pattern[str]:
        return re.compile(self.skips)

    @cached_property
    def endings(self) -> dict[str, tuple[str, ...]]:
        return {row: self._rows.get(f"{row} ending", ()) for row in ("until", "from")}

    def number(self, row: str, text: str) -> tuple[int, str]:
        """Which month (1 to 12) or weekday (1 to 7) a text is, and what has grown onto its stem; 0 where it is none."""
        known = self._numbers(row)
        prefixed = range(3 if self.code in _PREFIX else 1)  # letters that may be written in front of it
        for bare in (text[start:] for start in prefixed):
            for size in range(len(bare), 1, -1):
                if bare[:size] in known:
                    return known[bare[:size]], bare[size:]
        return 0, ""

    def _numbers(self, row: str) -> dict[str, int]:
        return _numbers(self._rows.get(row, ()))


def read_dates(lines: Iterable[str]) -> Table:
    """The rows of each language. Raises ValueError that names the line which is none."""
    read: Table = {}
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        language, what, forms = [*(part.strip() for part in line.split("|")), "", ""][:3]
        slots = tuple(_level(slot) for slot in forms.split(",") if slot.strip())
        known = read.setdefault(language, {})
        if what not in _ROWS or what in known or len(slots) != _SLOTS.get(what, len(slots) or 1):
            raise ValueError(f"dates.txt: not `language | what | forms`: {line!r}")
        known[what] = slots
    return read


def _level(slot: str) -> str:
    """Levelled; a star stays."""
    return " ".join("*".join(level(part) for part in slot.split("*")).split())


def _spellings(slot: str) -> list[str]:
    return [slot] if slot == "t/m" else slot.split("/")


def _begins(form: str) -> bool:
    """Whether a form stands only where a word begins."""
    return form[0].isalnum() and not _UNSPACED.search(form)


def _pattern(form: str, prefix: str) -> str:
    stem = form.removesuffix("*")
    text = re.escape(stem).replace(r"\*", r"\w*")
    if _UNSPACED.search(stem):
        return text
    start = prefix if _begins(form) else ""
    return f"{start}{text}" + (r"\w*" if form.endswith("*") else r"(?!\w)" if stem[-1].isalnum() else "")


@cache
def _numbers(slots: tuple[str, ...]) -> dict[str, int]:
    return {form.removesuffix("*"): number for number, slot in enumerate(slots, start=1) for form in _spellings(slot)}


@cache
def table() -> Table:
    """The whole table, read when the first note asks for it."""
    return read_dates(files("classifier").joinpath("dates.txt").read_text("utf-8").splitlines())


_WORDS = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_SHORTENED = words("inkl incl einschl inc kl ca tel bzw dr mr mrs ms vc vr br str no")


@cache
def short() -> frozenset[str]:
    """Months, weekdays and other words behind which a full stop ends no sentence."""
    slots = (slot for rows in table().values() for row in _SLOTS for slot in rows.get(row, ()))
    return _SHORTENED | {form.removesuffix("*") for slot in slots for form in _spellings(slot)}


@cache
def months() -> frozenset[str]:
    """What months are called in any language, but for what is shortened to three letters."""
    slots = (slot for rows in table().values() for slot in rows.get("months", ()))
    return frozenset(form for slot in slots for form in _spellings(slot) if len(form) > len("jan"))


@cache
def tongue(code: str) -> Tongue:
    """A language of the table."""
    return Tongue(code, table()[code])


def tongues(text: str, given: str) -> list[Tongue]:
    """The languages that a levelled text seems to be written in, the likeliest first; `given` is one of them if it is known."""
    scores = _scores(text)
    if given in table():
        scores[given] += _GIVEN
    ranked = _ranked(scores)
    best = scores[ranked[0]] if ranked else 0
    likely = [code for code in ranked[:_MOST] if scores[code] >= max(2, best // 2) or scores[code] == best]
    return [tongue(code) for code in dict.fromkeys([*likely, *([given] if given in table() else [])]) or ["en"]]


def likelier(sentence: str, spoken: list[Tongue]) -> list[Tongue]:
    """Those of a note's languages that one of its sentences seems to be written in, the likeliest first."""
    if len(spoken) == 1:
        return spoken
    scores = _scores(sentence)
    best = max(scores[tongue.code] for tongue in spoken)
    return sorted((t for t in spoken if scores[t.code] * 2 >= best), key=lambda t: -scores[t.code])


def _ranked(scores: Counter[str]) -> list[str]:
    """Always in the same order: of equals, the one that stands first in the table."""
    order = list(table())
    return sorted(scores, key=lambda code: (-scores[code], order.index(code)))


def _scores(text: str) -> Counter[str]:
    scores = Counter(code for word in set(_WORDS.findall(text)) for code in _spoken(word))
    scores.update({code: _SURE for code, script in _SCRIPTS if script.search(text)})
    return scores


@lru_cache(maxsize=1024)
def _spoken(word: str) -> frozenset[str]:
    """The languages that have a word; a long one also by how it begins."""
    whole, stems = _index()
    sizes = range(len(word), 3, -1)
    return whole.get(word, frozenset()) | next(
        (stems[word[:size]] for size in sizes if word[:size] in stems), frozenset()
    )


@cache
def _index() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Which languages have each word of the table, and each beginning of one."""
    whole: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    for code, rows in table().items():
        for form in (
            form for what, slots in rows.items() if what != "order" for slot in slots for form in _spellings(slot)
        ):
            for word in _WORDS.findall(form.removesuffix("*")):
                into = stems if form.endswith(f"{word}*") else whole
                into.setdefault(word, set()).add(code)
    return (
        {word: frozenset(codes) for word, codes in whole.items()},
        {word: frozenset(codes) for word, codes in stems.items()},
    )
