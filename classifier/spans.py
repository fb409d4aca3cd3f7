"""Spans: what each date of a sentence is by the words beside it: the last day away, the first one, or just a day. Who is away it does not ask."""

import re
from dataclasses import dataclass, replace
from enum import Enum, auto

from classifier.almanac import Tongue
from classifier.dates import Mention, Numbers, mentions

_BESIDE = 80  # characters beside a date in which its words stand
_STEPS = 7  # words that may stand between
_LOOSE = " ,.(:'\")[]/-"
_START_DAY = re.compile(r"(?<![\d.:/])(?P<day>\d{1,2})(?:\.|[-:']?[^\W\d_]{1,4}\.?)? ?(?:日|일)? ?$")
_DASH = re.compile(r"- *$")
_PARENTHESIS = re.compile(r" ?\([^()]{1,12}\)")
_CJK_FROM = re.compile("(?:から|より|부터)")


class Role(Enum):
    """What a date is in its sentence."""

    PLAIN = auto()
    FROM = auto()
    UNTIL = auto()
    THROUGH = auto()  # with this day: back on the next
    ASIDE = auto()  # after it: nothing can be told
    BEFORE = auto()  # "not there before it": where an absence is spoken of, its end
    START = auto()  # of a range


@dataclass(frozen=True, slots=True)
class Span:
    """A date, what it is, and where its range began."""

    mention: Mention
    role: Role
    begin: Mention | None = None
    at: int = 0  # where the words begin that say so
    including: bool = False  # "inclusive" stands beside it

    @property
    def last(self) -> bool:
        return self.role in {Role.UNTIL, Role.THROUGH, Role.BEFORE}


@dataclass(frozen=True, slots=True)
class _Cue:
    role: Role
    at: int
    begin: Mention | None = None


def spans(sentence: str, tongue: Tongue) -> list[Span]:
    """The dates of a levelled sentence with what they are."""
    found: list[Span] = []
    for mention in mentions(sentence, tongue):
        span = _span(sentence, mention, found, tongue)
        if span.begin is not None:
            found = [replace(s, role=Role.START) if s.mention is span.begin else s for s in found]
        found.append(span)
    return [_included(span, found) for span in found]


def _included(span: Span, found: list[Span]) -> Span:
    """With what another mention of its date says: "until 3 May (3 May included)"."""
    same = (s for s in found if s.including and s.mention.numbers and s.mention.numbers == span.mention.numbers)
    return replace(span, role=Role.THROUGH) if span.role is Role.UNTIL and any(same) else span


def _span(sentence: str, mention: Mention, earlier: list[Span], tongue: Tongue) -> Span:
    cue, early = _before(sentence, mention, earlier, tongue)
    later, late = _after(sentence, mention, tongue)
    role = later if later in {Role.UNTIL, Role.FROM} and cue.role in {Role.PLAIN, Role.FROM} else cue.role
    if role is Role.UNTIL and (early or late):
        role = Role.THROUGH
    begin = cue.begin
    if role in {Role.UNTIL, Role.THROUGH} and begin is None and earlier:
        begin = _ranged(sentence, earlier[-1], cue.at, tongue)
    return Span(mention, role, begin, cue.at, early or late)


def _before(sentence: str, mention: Mention, earlier: list[Span], tongue: Tongue) -> tuple[_Cue, bool]:
    """The words before a date, and whether they include it."""
    floor = max(earlier[-1].mention.end if earlier else 0, mention.start - _BESIDE)
    text, inclusive = sentence[floor : mention.start], False
    for _ in range(_STEPS):
        bare = text.rstrip(_LOOSE if not _DASH.search(text) else " ")
        cue = _cue(sentence, floor, bare, mention, earlier, tongue)
        if cue:
            return cue, inclusive
        text = bare.rstrip(_LOOSE)
        step = tongue.skip_before.search(text)
        if step is None or step.start() == step.end():
            break
        inclusive = inclusive or bool(tongue.pattern("inclusive").fullmatch(step.group()))
        text = text[: step.start()]
    return _Cue(Role.PLAIN, mention.start), inclusive


def _cue(sentence: str, floor: int, text: str, mention: Mention, earlier: list[Span], tongue: Tongue) -> _Cue | None:
    """The longest words that stand at the end of this text and say what a date is."""
    rows = (
        ("through", Role.THROUGH),
        ("until", Role.UNTIL),
        ("from", Role.FROM),
        ("aside", Role.ASIDE),
        ("before", Role.BEFORE),
    )
    best: tuple[int, Role] | None = None
    for row, role in rows:
        match = tongue.pattern(row, ends=True).search(text)
        if match and match.group() and (best is None or match.start() < best[0]):
            best = (match.start(), role)
    if best:
        return _Cue(
            best[1],
            floor + best[0],
            _begun(sentence, floor + best[0], mention, earlier, tongue)
            if best[1] in {Role.UNTIL, Role.THROUGH}
            else None,
        )
    joint = _DASH.search(text) or tongue.pattern("to", ends=True).search(text)
    if joint is None and (tongue.pattern("between").search(sentence)):
        joint = tongue.pattern("and", ends=True).search(text)
    if joint is None and earlier and _CJK_FROM.search(text):
        joint = _CJK_FROM.search(text)
    begin = _begun(sentence, floor + joint.start(), mention, earlier, tongue) if joint else None
    return _Cue(Role.UNTIL, floor + joint.start(), begin) if joint and begin else None


def _begun(sentence: str, at: int, mention: Mention, earlier: list[Span], tongue: Tongue) -> Mention | None:
    """The date, or the bare day, at the end of what stands before a range's joint."""
    ranged = _ranged(sentence, earlier[-1], at, tongue) if earlier else None
    if ranged:
        return ranged
    day = _START_DAY.search(sentence[max(0, at - 12) : at])
    if day and mention.numbers and mention.numbers.named and 1 <= int(day.group("day")) <= 31:
        return Mention(at, at, replace(mention.numbers, second=int(day.group("day"))))
    if day and mention.numbers and not mention.numbers.named:
        first = int(day.group("day"))
        day_first = tongue.order != "month"
        numbers = mention.numbers
        return Mention(
            at,
            at,
            Numbers(
                first if day_first else numbers.first, numbers.second if day_first else first, numbers.year, named=False
            ),
        )
    return None


def _ranged(sentence: str, earlier: Span, at: int, tongue: Tongue) -> Mention | None:
    """The date before, where nothing but its own words stands between."""
    if earlier.last or (earlier.role is Role.ASIDE):
        return None
    gap = sentence[earlier.mention.end : at]
    if len(gap) > _BESIDE // 2:
        return None
    gap = gap.removeprefix(earlier.mention.grown)
    for _ in range(_STEPS):
        aside = _PARENTHESIS.match(gap)
        gap = (gap[aside.end() :] if aside else gap).lstrip(_LOOSE)
        step = tongue.skip_after.match(gap) or tongue.pattern("from after").match(gap) or _CJK_FROM.match(gap)
        if step is None or not step.group():
            break
        gap = gap[step.end() :]
    return None if gap else earlier.mention


def _after(sentence: str, mention: Mention, tongue: Tongue) -> tuple[Role, bool]:
    """The words behind a date, or grown onto it, and whether they include it."""
    text, role, inclusive = sentence[mention.end : mention.end + _BESIDE], Role.PLAIN, False
    grown = mention.grown
    if grown and text.startswith(grown) and not _known(text, tongue):
        text = text[len(grown) :]
    for row, said in (("until", Role.UNTIL), ("from", Role.FROM)):
        if grown and grown.endswith(tongue.endings[row] or ("\0",)):
            role = said
    for _ in range(_STEPS):
        aside = _PARENTHESIS.match(text)
        if aside and not tongue.pattern("inclusive").search(aside.group()):
            text = text[aside.end() :]
        text = text.lstrip(_LOOSE)
        for row, said in (("until after", Role.UNTIL), ("from after", Role.FROM)):
            match = tongue.pattern(row).match(text)
            if match and match.group():
                role, text = (said if role in {Role.PLAIN, Role.FROM} else role), text[match.end() :].lstrip(_LOOSE)
        included = tongue.pattern("inclusive").match(text)
        if included and included.group():
            inclusive, text = True, text[included.end() :]
            continue
        step = tongue.skip_after.match(text)
        if step is None or not step.group():
            break
        text = text[step.end() :]
    return role, inclusive


def _known(text: str, tongue: Tongue) -> bool:
    return any(
        match and match.group() for row in ("until after", "from after") if (match := tongue.pattern(row).match(text))
    )
