"""Telling: what one sentence of an out-of-office note says, and whose absence it speaks of. It puts no sentences together."""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterable
from itertools import takewhile

from classifier.leftover import is_day, names_day
from classifier.phrases import Hit, Said, fold, in_sentence, words

_PART = 4  # so many times less than the most is said in a language that a part of the text may be in
_WORDY = 3  # letters of a word that may name somebody
_CLOCK = re.compile(r"\d:\d\d|\d ?(?:am|pm|uhr|h)\b")
_RANGE = re.compile(  # 3 to 14 August
    r"\d\.?(?: [^\W\d]+){0,2} ?(?:[-–—~/]|to|au|al|ao?|t/m|till?|bis|do|по|до|ve|e|i|y|et|og|och|и|έως|الى|الي)(?: [^\W\d]+)? ?\d"
)
_WORD = re.compile(r"[^\W_]+")
_APART = re.compile(r"\S+")
_COMMA = re.compile("[,，、،]")
_REACHED = re.compile(r"\S@\S|https?://|\bwww\.|(?:\d[\s./()\-–]{0,3}){6}")  # an address, a page, a telephone number
_INSIDE = re.compile(  # an extension, with nothing behind it: "ext. 214 is broken" names nobody
    r"(?:\b(?:ext|int|poste|interno|interior|ramal|extensión|extensió|anexo|שלוחה|تحويله)|内線|내선|分机|分機)\W{0,2}\d{2,5}(?=\W*\Z|[)）へに])"
)
_NAMED = re.compile(r"\s(?:[-–—→]|->)\s\S+(?:\s\S+){0,3}\Z")  # "In urgent cases — Ivo Example"

# "My colleague does not see it" asks nobody to be asked.
NOT = words(
    "not no doesn't can't cannot nicht kein keine pas no non niet geen não nie ne není nem nu ikke inte ei не δεν لا לא tampoco neither"
)
_NOW, _NO_MORE = frozenset({"until", "back"}), frozenset({"soon", "shall", "other"})
EXPLAINED = frozenset(
    {"away", "back", "stead", "reach", "automatic", "later", "contact", "wish", "sorry", "thanks for mail"}
)


def tongues(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The languages of a text: a word of one of them may mean something else in another. Many a small print is English.

    And those in which a part of it may be: many a note says it again in English.
    """
    hits = takewhile(lambda hit: hit.phrase.says != "disclaimer", in_sentence(fold(text)).hits)
    weights = _weights(hits)
    most = max(weights.values(), default=0)
    spoken = frozenset(language for language, weight in weights.items() if 2 * weight >= most)
    return spoken, frozenset(language for language, weight in weights.items() if _PART * weight >= most) - spoken


def spoken_in(said: Said, spoken: frozenset[str], beside: frozenset[str]) -> frozenset[str]:
    """The languages of one sentence: the text's, or one beside them that says twice as much in it."""
    if not beside:
        return spoken
    weights = _weights(said.hits)
    most = max((weights[language] for language in spoken), default=0)
    return frozenset(language for language in beside if weights[language] > 2 * most) or spoken


def _weights(hits: Iterable[Hit]) -> Counter[str]:
    weights: Counter[str] = Counter()
    for hit in hits:
        weights[hit.phrase.language] += len(hit.phrase.text)
    return weights


def heard_in(spoken: frozenset[str], said: Said) -> Said:
    """What is said in these languages, and small print in any.

    The "tomorrow" of "today and tomorrow" puts nothing off, nor what is to come in "I shall be back", nor the "before" of "not back before"; "mail" in "I read no mail" is nobody to ask.
    """
    hits = tuple(hit for hit in said.hits if hit.phrase.language in spoken or hit.phrase.says == "disclaimer")
    now = [hit for hit in hits if hit.phrase.says in _NOW]
    later = [hit for hit in hits if hit.phrase.says == "later" and not NOT.isdisjoint(hit.phrase.text.split())]
    around = {"contact": later, **dict.fromkeys(_NO_MORE, now)}
    hits = tuple(hit for hit in hits if not any(_inside(hit, one) for one in around.get(hit.phrase.says, ())))
    return Said(hits, frozenset(hit.phrase.says for hit in hits))


def denied(sentence: str, said: Said, kinds: frozenset[str]) -> bool:
    """`My colleague cannot log in`; where an address stands, "do not hesitate to write" denies nothing."""
    known = [(hit.at, hit.at + len(hit.phrase.text)) for hit in said.hits] if "reached" in kinds else []
    found = (word for word in _APART.finditer(sentence) if word[0] in NOT)
    return any(not any(start <= word.start() < end for start, end in known) for word in found)


def _inside(hit: Hit, other: Hit) -> bool:
    return other.at <= hit.at and hit.at + len(hit.phrase.text) <= other.at + len(other.phrase.text)


def kinds_of(sentence: str, said: Said, names: frozenset[str]) -> frozenset[str]:
    """What a sentence says."""
    kinds = set(said.kinds)
    # "Thanks for your mail" says nothing of when it is answered, and "I read your mail on Monday" thanks for nothing.
    if kinds & {"received", "mail"} and ("thanks" in kinds or "later" not in kinds):
        kinds = (kinds - {"later"}) | {"thanks for mail"}
    kinds |= _reached(sentence, kinds)
    if ("contact" in said.kinds and kinds & {"urgent", "reached"}) or ("urgent" in kinds and _NAMED.search(sentence)):
        kinds.add("stead")
    if {"letters", "due"} <= kinds:
        kinds.add("later")
    if "automatic note" in kinds:
        kinds.add("automatic")
    if "away" in kinds and _bare(said):
        kinds.remove("away")
    # "Enjoying my holiday, back on Friday": of whose return should it tell?
    if "absent" in kinds and (_beside("me", sentence, said) or _begins(sentence, said) or names & bare_words(sentence)):
        kinds.add("away")
    # "On leave, I shall be back on the 3rd": what is to come is the return.
    if "shall" in kinds and not _beside("shall", sentence, said):
        kinds.remove("shall")
    # "On a journey, my answer comes next week": what is put off is the answer.
    if {"soon", "away", "later"} <= kinds and not _beside("soon", sentence, said):
        kinds.remove("soon")
    return _dated(sentence, kinds)


def _reached(sentence: str, kinds: set[str]) -> frozenset[str]:
    """Where somebody is reached. Who is always engaged at extension 214 is nobody to ask."""
    asked = _INSIDE.search(sentence) and kinds & {"contact", "urgent"}
    if asked or _REACHED.search(sentence):
        return frozenset({"contact", "reached"})
    return frozenset({"inside"}) if _INSIDE.search(sentence) else frozenset()


def _dated(sentence: str, kinds: set[str]) -> frozenset[str]:
    # "I will be away until Friday" is said of today; "from Friday on" is not, nor "tomorrow", even with the day of return.
    # "I answer tomorrow" says when mail is answered.
    soon = "soon" in kinds and "back" not in kinds and ("away" in kinds or "later" not in kinds)
    if soon or ({"shall", "away"} <= kinds and "until" not in kinds and not _RANGE.search(sentence)):
        kinds.add("ahead")
    if {"away", "but"} <= kinds and "later" not in kinds:
        kinds.add("ahead")
    if "away" in kinds and _CLOCK.search(sentence):
        kinds.add("ahead")
    if "away" in kinds and names_day(sentence):
        kinds.add("until")
    return frozenset(kinds if kinds & EXPLAINED else kinds - {"until"})


def _bare(said: Said) -> bool:
    """`On leave`, and not `I am on leave`: whoever it is that is away."""
    absent = {(hit.at, hit.phrase.text) for hit in said.hits if hit.phrase.says == "absent"}
    return all((hit.at, hit.phrase.text) in absent for hit in said.hits if hit.phrase.says == "away")


def _beside(says: str, sentence: str, said: Said) -> bool:
    """`I am on leave`: both between the same commas. "Carol is on leave, I answer her mails" is said of somebody else."""
    commas = [match.start() for match in _COMMA.finditer(sentence)]
    parts = {
        one: {bisect(commas, hit.at) for hit in said.hits if hit.phrase.says == one} for one in (says, "absent", "away")
    }
    return bool(parts[says] & (parts["absent"] | parts["away"]))


def _begins(sentence: str, said: Said) -> bool:
    """`Out of office until Monday`, `On Monday out of office`: nobody else is named in front.

    A short word is "on", or Jo: the first one has its day behind it, and no two stand together.
    """
    first = min((hit.at for hit in said.hits if hit.phrase.says == "absent"), default=-1)
    known = [hit for hit in said.hits if hit.phrase.says in {"lead", "until"}]
    before = [
        (len(word[0]), is_day(f"1 {word[0]}") or any(_covers(hit, word.start()) for hit in known))
        for word in _WORD.finditer(sentence, 0, max(first, 0))
    ]
    behind = [*(told for _, told in before[1:]), len(before) > 1]
    return first >= 0 and all(
        told or (length < _WORDY and day) for (length, told), day in zip(before, behind, strict=False)
    )


def _covers(hit: Hit, at: int) -> bool:
    return hit.at <= at < hit.at + len(hit.phrase.text)


def bare_words(sentence: str) -> frozenset[str]:
    return frozenset(_WORD.findall(sentence))
