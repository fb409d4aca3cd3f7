"""Return date: the first day on which the writer of an out-of-office note is back. Unsure is None, never a guess.

"Back on 3 December" and "from 3 December on" are that day, and so is a bare "until": the earliest day that may be meant.
"Until 3 December inclusive" is the next day, be it a Sunday: which days somebody works nobody knows. The mail's own date is
the reference for a missing year, for weekdays, and for the order of day and month. See docs/decisions/036.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice

from classifier.almanac import Tongue, likelier, short, tongues
from classifier.claims import Claim, Rank, claims, says_absent
from classifier.days import days, order_shown
from classifier.sentences import level, sentences
from classifier.serbian import latin

_QUOTING = (
    "re:",
    "aw:",
    "fw:",
    "fwd:",
    "wg:",
    "sv:",
    "vs:",
    "tr:",
    "rv:",
    "odp:",
    "antw:",
    "ynt:",
    "回复:",
    "答复:",
    "转发:",
)
_SENTENCES = 60
_DAY = timedelta(days=1)
_WEEKEND = timedelta(days=5)  # between the last day away and the first one back


def return_date(subject: str, text: str, sent: datetime | None, language: str) -> date | None:
    """The day of return that a note names, or None. `language` is what its phrases were in, "" if that is not known."""
    if sent is None:
        return None
    subject, text = latin(subject), latin(text)
    parts = sentences(text, short())
    whole = " ".join(parts)
    spoken = tongues(f"{whole} {level(subject[:400])}", language)
    # The subject of another mail may speak of a return, but hardly of an absence.
    title = next((title for title in [_title(subject)] if any(says_absent(title, tongue) for tongue in spoken)), "")
    body = _claims(parts, spoken, sent.date(), whole)
    plain = any(claim.rank is not Rank.LOOSE for claim in body)
    return _chosen(body if plain or not title else _claims([title], spoken, sent.date(), title), sent.date())


def _title(subject: str) -> str:
    """The writer's own words in a subject: neither "Automatic reply:" nor what follows it as the subject of another mail."""
    found = sentences(subject[:400].replace("!", " "), short())
    title = " ".join(found)
    mark, colon, rest = title.partition(":")
    own = rest.strip() if colon and not any(char.isdigit() for char in mark) else title
    return "" if own.startswith(_QUOTING) or title.startswith(_QUOTING) else own


def _claims(parts: Iterable[str], spoken: list[Tongue], sent: date, whole: str) -> list[Claim]:
    made: list[Claim] = []
    orders = {tongue.code: tongue.order if tongue.order != "either" else order_shown(whole) for tongue in spoken}
    for part in islice(parts, _SENTENCES):
        of_part = [claims(part, tongue, sent, orders[tongue.code]) for tongue in likelier(part, spoken)]
        made += next((found for found in of_part if any(claim.rank is not Rank.LOOSE for claim in found)), of_part[0])
    last = max((min(claim.days) for claim in made if claim.days and not claim.bare), default=sent)
    return [_of_month(claim, last) for claim in made]


def _of_month(claim: Claim, last: date) -> Claim:
    """`Closed from 3 to 23 August. Back on the 24th`: no day of return lies before a date that the note names."""
    if claim.bare is None or min(claim.days, default=date.min) >= last:
        return claim
    return replace(claim, days=days(claim.bare, last, "day"))


def _chosen(made: list[Claim], sent: date) -> date | None:
    """The one day that the plainest claims agree on."""
    rank = min((claim.rank for claim in made), default=Rank.LOOSE)
    best = _plainer([claim for claim in made if claim.rank is rank])
    if rank is Rank.LOOSE or any(not claim.days for claim in best):
        return None
    now = [claim for claim in best if claim.began is None or claim.began <= sent]
    day = _agreed(best) or _agreed(now) or _agreed([claim for claim in now if claim.began is not None])
    if day is None or _between(best, made):
        return None
    day = _there_soon(day, made) or (_behind(day, made) if rank is Rank.UNTIL else day)
    return None if day is None or _later(day, made) else day


def _plainer(best: list[Claim]) -> list[Claim]:
    """Without each "until" of a day that another sentence, or language, counts as away."""
    away = {day - _DAY for claim in best if claim.inclusive for day in claim.days}
    return [claim for claim in best if claim.inclusive or away.isdisjoint(claim.days)]


def _agreed(best: list[Claim]) -> date | None:
    common = frozenset.intersection(*(claim.days for claim in best)) if best else frozenset[date]()
    return next(iter(common)) if len(common) == 1 else None


def _there_soon(day: date, made: list[Claim]) -> date | None:
    """The day in the office that a note names right behind the last day away."""
    there = [claim for claim in made if claim.rank is Rank.HERE]
    first = _agreed(there) if there else None
    return first if first and day < first <= day + _WEEKEND else None


def _between(best: list[Claim], made: list[Claim]) -> bool:
    """Whether the writer is there for a while before the absence whose end was chosen."""
    began = min((claim.began for claim in best if claim.began), default=None)
    return began is not None and any(
        claim.rank is Rank.HERE and min(claim.days, default=began) < began for claim in made
    )


def _behind(day: date, made: list[Claim]) -> date | None:
    """The date right behind the last day away is the return, in whatever words; where two stand there, nobody knows."""
    loose = (claim.days for claim in made if claim.rank is Rank.LOOSE)
    soon = {other for days in loose for other in days if day < other <= day + _WEEKEND}
    return soon.pop() if len(soon) == 1 else None if soon else day


def _later(day: date, made: list[Claim]) -> bool:
    """Whether the note also says that the absence goes on longer."""
    spans = (claim for claim in made if claim.rank is Rank.UNTIL and claim.days)
    return any(min(claim.days) > day and (claim.began is None or claim.began < day) for claim in spans)
