"""Dates: the days, weekdays and "tomorrow" that stand in one sentence, in the forms of one language. It does not know what they are said of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from classifier.almanac import Tongue
from classifier.ordinals import ordinals

_MONTH_FIRST = "May 3"  # the shape of dates that a second day may follow
_FULL = 4  # letters of a weekday that is not shortened
_APART = 24  # characters between a weekday and its date
_MOST = 12  # dates of a sentence
_SHORT_DASH = r"(?P<ka>\d{1,2})-(?P<kb>0[1-9]|1[0-2])(?![\d-])"  # 31-07
_ORDINAL = r"(?:[.:'-]?[^\W\d_]{1,4}(?![^\W\d_])|[.°])?"
_YEAR = r"(?:[\s,.'/-]{0,3}(?:(?:de|del|of|roku|года|року|anul|שנת|عام|سنة|لعام)\s)?(?P<%s>20\d\d)(?!\d)|['/-](?P<%s>\d\d)(?![\d/.-]))?"
_OF = r"(?:(?:of|de|del|di|den|του|من شهر|من|شهر|paivana|paiva|dnia) )?"
# Numbers that are no date: more numbers or letters hang on them.
_CHAIN_BEFORE = re.compile(
    r"(?:\d[./:,]|\d{3,}-|[-+.]\d+-|\d-\d{1,2}-|\d|\+\d[\d ]*|[a-z_/#@][./-]?|\bv\. ?|\b(?:kl|klo|um|klokken|saat)\.? ?)$"
)
_CHAIN_AFTER = re.compile(r"[./:]\d|-\d{3,}(?![./]\d)|\d|/|@|,\d| ?(?:uhr|h|am|pm|%|gb|mb|ora|orai|tol \d)(?!\w)")
_MORNING = re.compile(r"(?<!\w)(?:guten|am|jeden|goede|la|uber|pasado) $")  # of "morgen" and "mañana"
_DIGIT = re.compile(r"\d")
_GROWN = re.compile(r"[.]?['-]?[^\W\d_]{1,9}")


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was written: which number is day or month may depend on the order."""

    first: int
    second: int
    year: int | None
    named: bool  # the month has a name or its own sign: `first` is it
    shape: str = ""  # the separator, where order matters


@dataclass(frozen=True, slots=True)
class Mention:
    """A date in a sentence."""

    start: int
    end: int
    numbers: Numbers | None = None
    weekday: int = 0  # 1 is Monday: alone, or beside the date
    tomorrow: bool = False
    day: int = 0  # of a month that is not named
    grown: str = ""  # the ending grown onto it


@cache
def _pattern(tongue: Tongue) -> re.Pattern[str]:
    month = f"(?:{tongue.forms('months')})"
    return re.compile(
        r"(?<!\d)(?:"
        r"(?P<iy>20\d\d)(?:-|/|\. ?)(?P<im>\d{1,2})(?:-|/|\. ?)(?P<id>\d{1,2})(?!\d)\.?"
        r"|(?:(?P<cy>20\d\d) ?[年년] ?)?(?P<cm>\d{1,2}) ?[月월] ?(?P<cd>\d{1,2})(?!\d) ?[日号號일]?"
        r"|(?P<sa>\d{1,2})/(?P<sb>\d{1,2})(?:[/-](?P<sy>20\d\d|\d\d)|[ .](?P<sz>20\d\d))?(?!\d)"
        r"|(?P<ha>\d{1,2})-(?P<hb>\d{1,2})-(?P<hy>20\d\d|\d\d)(?!\d)"
        rf"|{_SHORT_DASH if tongue.code == 'nl' else '(?!)'}(?! ?{month})"
        r"|(?P<pa>\d{1,2})\. ?(?P<pb>\d{1,2})(?:\. ?(?P<py>20\d\d)(?!\d)|\.(?P<pz>\d\d)(?!\d)|\.)?(?!\d)"
        rf"|(?P<nd>\d{{1,2}}){_ORDINAL}[\s.,-]{{0,3}}{_OF}(?P<nm>{month}){_YEAR % ('ny', 'nz')}"
        rf"|(?:(?P<wy>20\d\d)\.?,? )?(?P<wm>{month})\.?[ -]{{0,3}}(?:(?:the|a) )?(?P<wd>\d{{1,2}})(?!\d|[:/]\d|\.\d)"
        rf"(?P<wg>-?[^\W\d_]{{1,5}}(?![^\W\d_]))?\.?{_YEAR % ('wx', 'wz')}"
        r")"
        if tongue.code not in {"ja", "zh", "ko"}
        else r"(?<!\d)(?:"
        r"(?P<iy>20\d\d)(?:-|/|\. ?)(?P<im>\d{1,2})(?:-|/|\. ?)(?P<id>\d{1,2})(?!\d)\.?"
        r"|(?:(?P<cy>20\d\d) ?[年년] ?)?(?P<cm>\d{1,2}) ?[月월] ?(?P<cd>\d{1,2})(?!\d) ?[日号號일]?"
        r"|(?P<sa>\d{1,2})/(?P<sb>\d{1,2})(?:/(?P<sy>20\d\d|\d\d))?(?!\d)"
        r"|(?P<pa>\d{1,2})\. ?(?P<pb>\d{1,2})(?:\.(?P<pz>\d\d)(?!\d)|\.)?(?!\d)"
        r")",
    )


def mentions(sentence: str, tongue: Tongue) -> list[Mention]:
    """The dates of a levelled sentence, in their order; those of a range like "3-10 May" both."""
    numbered = _DIGIT.search(sentence)  # no other sentence has dates, and most have none
    dated = list(islice(_dated(sentence, tongue), _MOST)) if numbered else []
    dated += islice(_days_alone(sentence, tongue, dated), _MOST) if numbered else ()
    weekdays = list(islice(_weekdays(sentence, tongue), _MOST))
    alone = [*(m for m in weekdays if _whole(sentence, m)), *islice(_tomorrow(sentence, tongue), _MOST)]
    free = [m for m in alone if not any(_beside(sentence, m, d, tongue) for d in dated)]
    return sorted([*(_on(sentence, d, weekdays, tongue) for d in dated), *free], key=lambda m: m.start)[:_MOST]


def _beside(sentence: str, weekday: Mention, dated: Mention, tongue: Tongue) -> bool:
    """Whether a weekday belongs to a date: "Monday, the 7th of December"."""
    gap = sentence[min(weekday.end, dated.end) : max(weekday.start, dated.start)].removeprefix(dated.grown)
    bare = tongue.skip_after.sub("", gap) if len(gap) <= _APART else gap
    return len(bare.strip(" ,.()'-")) <= 2 and len(gap) <= _APART


def _dated(sentence: str, tongue: Tongue) -> Iterator[Mention]:
    last = -9
    for match in _pattern(tongue).finditer(sentence):
        numbers, grown = _numbers(match, tongue)
        before, after = sentence[max(0, match.start() - 12) : match.start()], sentence[match.end() : match.end() + 8]
        linked = match.start() - last <= 3
        named = numbers is not None and numbers.named
        if (
            numbers is None
            or (_CHAIN_BEFORE.search(before) and not linked and not named)
            or (_CHAIN_AFTER.match(after) and not named)
        ):
            continue
        last = match.end()
        if not grown:
            grown = _hanging(sentence, match.end())
        yield Mention(match.start(), match.end(), numbers, grown=grown)
        if numbers.shape == _MONTH_FIRST:
            yield from _second_day(sentence, match.end(), numbers, grown, tongue)


def _second_day(sentence: str, at: int, numbers: Numbers, grown: str, tongue: Tongue) -> Iterator[Mention]:
    """The 10 of "May 3-10": a day that has its month from the date before."""
    found = _second(tongue).match(sentence, at)
    if found and (found.group("joined") or grown.endswith(tongue.endings["from"] or ("\0",))):
        year = found.group("year")
        second = Numbers(numbers.first, int(found.group("day")), int(year) if year else numbers.year, named=True)
        yield Mention(found.start("day"), found.end(), second, grown=found.group("grown") or "")


@cache
def _second(tongue: Tongue) -> re.Pattern[str]:
    joined = "|".join(("-", "から", "부터", "より", *(tongue.forms(row) for row in ("to", "and", "until"))))
    month = tongue.forms("months")
    return re.compile(
        rf"(?:\([^()]{{1,9}}\))?(?:['-]?[^\W\d_]{{1,4}})??\.? ?(?P<joined>{joined})? ?(?P<day>\d{{1,2}})(?![\d/]|[:.]\d| ?[月월]|\.? ?(?:{month}))"
        r"(?P<grown>-?[^\W\d_]{1,5}(?![^\W\d_]))?[日号號일]?(?:,? (?P<year>20\d\d)(?!\d))?",
    )


def _numbers(match: re.Match[str], tongue: Tongue) -> tuple[Numbers | None, str]:
    got = {name: value for name, value in match.groupdict().items() if value}

    def year(*names: str) -> int | None:
        return next((int(got[name]) + (2000 if len(got[name]) == 2 else 0) for name in names if name in got), None)

    if "im" in got:
        return Numbers(int(got["im"]), int(got["id"]), year("iy"), named=True), ""
    if "cm" in got:
        return Numbers(int(got["cm"]), int(got["cd"]), year("cy"), named=True, shape=_MONTH_FIRST), ""
    if "nm" in got:
        month, grown = tongue.number("months", got["nm"])
        return Numbers(month, int(got["nd"]), year("ny", "nz"), named=True), "" if year("ny", "nz") else grown
    if "wm" in got:
        month, _ = tongue.number("months", got["wm"])
        return Numbers(month, int(got["wd"]), year("wy", "wx", "wz"), named=True, shape=_MONTH_FIRST), got.get("wg", "")
    for one, two, years, shape in (
        ("sa", "sb", ("sy", "sz"), "/"),
        ("ha", "hb", ("hy",), "-"),
        ("ka", "kb", (), "-"),
        ("pa", "pb", ("py", "pz"), "."),
    ):
        if one in got:
            return _bare(int(got[one]), int(got[two]), year(*years), shape, tongue), ""
    return None, ""


def _bare(first: int, second: int, year: int | None, shape: str, tongue: Tongue) -> Numbers | None:
    if tongue.code in {"ja", "zh", "ko"} and year is not None and year < 2100 and first > 12:
        return Numbers(second, year - 2000, 2000 + first, named=True)  # 26/12/24: the year comes first
    if (
        max(first, second) > 31
        or min(first, second) == 0
        or min(first, second) > 12
        or (first, second, year) == (24, 7, None)
    ):
        return None
    return Numbers(first, second, year, named=False, shape=shape)


def _weekdays(sentence: str, tongue: Tongue) -> Iterator[Mention]:
    for found in tongue.pattern("weekdays").finditer(sentence):
        number, grown = tongue.number("weekdays", found.group())
        if number:
            numbered = _numbered(tongue).match(sentence, found.end())
            day, end = (int(numbered.group(1)), numbered.end()) if numbered else (0, found.end())
            yield Mention(found.start(), end, weekday=number, day=day, grown=grown or _hanging(sentence, found.end()))


@cache
def _numbered(tongue: Tongue) -> re.Pattern[str]:
    """The day of the month behind a weekday: "Monday the 7th"."""
    return re.compile(
        rf"(?:[, ]{{1,2}}(?:{tongue.forms('fill')}))*[, ]{{1,2}}(\d{{1,2}})(?![\d/:]|[.] ?\d| ?[-h]\w| ?(?:uhr|am|pm|a\.m|p\.m|{tongue.forms('months')}))"
        r"(?:st|nd|rd|th|er|-го|\.)?",
    )


def _tomorrow(sentence: str, tongue: Tongue) -> Iterator[Mention]:
    for found in tongue.pattern("tomorrow").finditer(sentence):
        if not _MORNING.search(sentence[max(0, found.start() - 12) : found.start()]):
            yield Mention(*found.span(), tomorrow=True, grown=_hanging(sentence, found.end()))


def _days_alone(sentence: str, tongue: Tongue, dated: list[Mention]) -> Iterator[Mention]:
    """The 12th, of whichever month comes."""
    for start, end, day in ordinals(sentence, tongue.code):
        if not any(m.start < end and start < m.end for m in dated):
            yield Mention(start, end, day=day, grown=_hanging(sentence, end))


def _hanging(sentence: str, at: int) -> str:
    grown = _GROWN.match(sentence, at)
    return grown.group() if grown else ""


def _whole(sentence: str, weekday: Mention) -> bool:
    """Whether a weekday is named in full; shortened, it may be any other word."""
    word = sentence[weekday.start : weekday.end]
    return len(word) >= _FULL or not word.isascii() or word == "joi"


def _on(sentence: str, dated: Mention, weekdays: list[Mention], tongue: Tongue) -> Mention:
    """With the weekday that stands beside it, and from there on where that stands before."""
    # A word that is its month is no weekday: "8 mar" in Spanish.
    apart = (m for m in weekdays if not dated.start <= m.start < dated.end)
    beside = [m for m in apart if _beside(sentence, m, dated, tongue)]
    if len({m.weekday for m in beside}) != 1:
        return dated
    # "po 10" in Slovak is "after the 10th", more often than "Mon 10".
    whole = (m.start for m in beside if len(sentence[m.start : m.end].partition(" ")[0]) >= _FULL)
    start = min([dated.start, *whole])
    return replace(dated, weekday=beside[0].weekday, start=start)
