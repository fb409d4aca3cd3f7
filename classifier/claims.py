"""Claims: what one sentence of a note says about when its writer is back, and how plainly. It does not choose between sentences."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from classifier.almanac import Tongue
from classifier.dates import Mention
from classifier.days import began_on, days
from classifier.heard import Heard, Word, cost_of, hear, left, nearest
from classifier.spans import Role, Span, spans

_BESIDE = 24  # characters beside a weekday in which its week is named
_REACH = 70  # how far a word may stand from the date that it speaks of
_FIRST = 3  # characters before which a sentence begins
_NEGATED = 22  # characters before a word in which its negation stands


class Rank(IntEnum):
    """How plainly it is said, plainest first."""

    BACK = 0
    UNTIL = 1
    HERE = 2
    WEEKDAY = 3
    WEAK = 4
    LOOSE = 5  # a date that nothing is said of: no answer, but a doubt


@dataclass(frozen=True, slots=True)
class Claim:
    """The days that may be meant: none where the words are plain but the date is not sane."""

    rank: Rank
    days: frozenset[date]
    began: date | None = None
    inclusive: bool = False  # the last day away is named as such
    bare: Mention | None = None  # a day without its month: another date of the note may tell it


def claims(sentence: str, tongue: Tongue, sent: date, order: str) -> list[Claim]:
    """What a levelled sentence of an out-of-office note claims."""
    subject = tongue.pattern("subject").match(sentence)
    if subject and sentence[subject.end() :].lstrip().startswith(":"):
        return []
    found = spans(sentence, tongue)
    if not found:
        return []
    heard = hear(sentence, tongue)
    made = [_until(span, heard, sent, order) for span in found if span.last]
    made += _returns(found, heard, sent, order)
    return [claim for claim in made if claim] + _loose(found, heard, sent, order)


def says_absent(sentence: str, tongue: Tongue) -> bool:
    """Whether words of absence stand in it."""
    return bool(tongue.pattern("away").search(sentence))


def _until(span: Span, heard: Heard, sent: date, order: str) -> Claim | None:
    """A last day away, where the sentence says that it is one."""
    if span.mention.weekday and span.mention.numbers is None and span.begin is not None:
        return None  # "Monday to Friday": hours of work, more often than an absence
    if span.role is Role.BEFORE and not (heard.away and _not_before(span, heard)):
        return None
    meant = _days(span, heard, sent, order)
    ends = {day + timedelta(days=1) for day in meant} if span.role is Role.THROUGH else meant
    began = began_on(span.begin, min(meant), flip=order == "day") if span.begin and meant else None
    rank = _rank(span, heard, within=began is not None and began <= sent)
    if rank is None:
        return None
    if span.mention.numbers is None:
        rank = max(rank, Rank.WEEKDAY)
    return Claim(rank, frozenset(ends), began, span.role is Role.THROUGH)


def _not_before(span: Span, heard: Heard) -> bool:
    """`Not in the office before 27 July`; or the other way round, "Vor dem 27. Juli bin ich nicht im Büro", up to the comma."""
    said = heard.text[: span.at]
    if span.at <= _FIRST:
        said = heard.text[span.mention.end :].partition(",")[0]
    return bool(heard.tongue.pattern("not").search(said))


def _rank(span: Span, heard: Heard, *, within: bool) -> Rank | None:
    present = bool(heard.tongue.pattern("i am").search(heard.text))
    # "Send it back until Friday" is no return.
    back = () if heard.other else heard.back
    gone = heard.away + back + (heard.event if present else ())
    against = nearest(heard, heard.other + heard.reach + heard.here + (() if present else heard.event), span)
    away = nearest(heard, gone, span)
    if away < 10_000:
        return Rank.UNTIL if away <= against or (against >= 10_000) else None
    if against < 10_000:
        return None
    if present:
        return Rank.UNTIL
    asked = heard.tongue.pattern("contact").search(heard.text)
    return Rank.WEAK if asked or within or _alone(span, heard.text) else None


def _alone(span: Span, text: str) -> bool:
    """Whether the sentence is nothing but "until" and the date."""
    return span.at <= 1 and len(text) - span.mention.end <= 2


def _returns(found: list[Span], heard: Heard, sent: date, order: str) -> list[Claim]:
    """First days back: the date that each word of return stands nearest to."""
    free = [span for span in found if span.role in {Role.PLAIN, Role.FROM}]
    made: dict[int, Claim] = {}
    plain = {Role.PLAIN} if heard.tongue.pattern("i am").search(heard.text) else set[Role]()
    for words, rank, roles in (
        (heard.back, Rank.BACK, {Role.PLAIN, Role.FROM}),
        (heard.here, Rank.HERE, {Role.PLAIN, Role.FROM}),
        (heard.reach, Rank.HERE, {Role.FROM, *plain}),
        (heard.answer, Rank.HERE, {Role.PLAIN, Role.FROM}),
    ):
        fitting = [span for span in free if span.role in roles]
        for word in words if fitting else ():
            if _of_another(word, heard):
                continue
            cost, span = min(((cost_of(heard, word, span), span) for span in fitting), key=lambda pair: pair[0])
            if (
                cost > _REACH
                or nearest(heard, heard.other, span) < cost
                or id(span) in made
                or (span.role is Role.FROM and _leaves(span, heard, cost))
            ):
                continue
            made_rank = Rank.BACK if span.role is Role.FROM and rank is Rank.HERE else rank
            claim = _return(span, heard, sent, order, made_rank)
            if claim:
                made[id(span)] = claim
    return list(made.values())


def _loose(found: list[Span], heard: Heard, sent: date, order: str) -> list[Claim]:
    """Dates in words that are not understood: neither an event nor another end is spoken of. "Orders are sent from the 24th on" is none."""
    if heard.event or heard.tongue.pattern("colleague").search(heard.text):
        return []
    roles = {Role.FROM} if heard.other else {Role.PLAIN, Role.FROM}
    plain = (span for span in found if span.role in roles and (span.mention.numbers or span.mention.day))
    return [Claim(Rank.LOOSE, _days(span, heard, sent, order)) for span in plain]


def _of_another(word: Word, heard: Heard) -> bool:
    """Whether a colleague is back, not the writer."""
    for other in heard.tongue.pattern("colleague").finditer(heard.text):
        if other.group() and other.end() <= word.start:
            between = heard.text[other.end() : word.end] + heard.text[word.end : word.end + _NEGATED].partition(",")[0]
            return not heard.tongue.pattern("i am").search(between)
    return False


def _leaves(span: Span, heard: Heard, cost: int) -> bool:
    """Whether "from" begins an absence: a word of it stands nearer than the one of return."""
    gone = tuple(word for word in heard.away if not left(heard, word))
    return nearest(heard, gone, span) < cost


def _return(span: Span, heard: Heard, sent: date, order: str, rank: Rank) -> Claim | None:
    if span.mention.numbers is None and not span.mention.day:
        if rank is Rank.HERE or _habit(span, heard):
            return None
        rank = Rank.WEEKDAY
    return Claim(rank, _days(span, heard, sent, order), bare=span.mention if span.mention.day else None)


def _habit(span: Span, heard: Heard) -> bool:
    before = heard.text[max(0, span.mention.start - 12) : span.mention.start]
    return bool(heard.tongue.pattern("habit").search(before))


def _days(span: Span, heard: Heard, sent: date, order: str) -> frozenset[date]:
    meant = days(span.mention, sent, order, span.begin)
    if not span.mention.weekday or span.mention.numbers is not None or span.mention.day or not meant:
        return meant
    before = heard.text[max(0, span.mention.start - _BESIDE) : span.mention.start].rpartition(",")[2]
    before = heard.tongue.pattern("and").split(before)[-1]
    beside = f"{before} | {heard.text[span.mention.end : span.mention.end + _BESIDE]}"
    day = min(meant)
    following = day.isocalendar()[:2] != sent.isocalendar()[:2]  # it lies in the next week anyway
    week = heard.tongue.pattern("week").search(beside)
    if heard.tongue.pattern("next").search(beside):
        if following:
            return meant
        return frozenset({day + timedelta(days=7)} if week else ())
    return frozenset() if week else meant
