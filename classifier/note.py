"""Note: an out-of-office note, read sentence by sentence: what each one says, and what is left over. It weighs nothing; the rules do.

Such a note says who is away, until when, who stands in, when mail is answered: in any order and language, and nothing
besides. A person who mentions an absence says something else, and that is what is left over: `strange`.
"""

import re
from bisect import bisect
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from classifier.clauses import TOO_MANY, clauses
from classifier.leftover import asides, is_day, loose, names_day
from classifier.phrases import Hit, Phrase, Said, fold, sentence_matcher, words

_CAP = 2500  # characters; no longer note is read by its words alone
_NAME = 4  # words that a name or a salutation takes
_SIGNED = 12  # lines of a signature
_CLOCK = re.compile(r"\d:\d\d|\d ?(?:am|pm|uhr|h)\b")
_RANGE = re.compile(  # 3 to 14 August
    r"\d\.?(?: [^\W\d]+){0,2} ?(?:[-–—~/]|to|au|al|ao?|t/m|till?|bis|do|по|до|ve|e|y|et|og|och|и|έως|إلى|الى)(?: [^\W\d]+)? ?\d"
)
_WORD = re.compile(r"[^\W_]+")
_COMMA = re.compile("[,，、،]")
_REACHED = re.compile(r"\S@\S|https?://|\bwww\.|(?:\d[\s./()\-–]{0,3}){6}")  # an address, a page, a telephone number
_PS = words("ps p.s pps ps: зы")

_EXPLAINED = frozenset({"away", "back", "stead", "reach", "automatic", "later", "contact", "wish", "thanks for mail"})
_OWN = frozenset({"away", "absent", "me", "later", "back", "reach", "wish", "greeting", "contact"})
SIGNS = frozenset({"away", "until", "back", "stead", "reach", "automatic", "later", "thanks for mail"})


@dataclass(frozen=True, slots=True)
class Note:
    """What the sentences of a text say."""

    says: frozenset[str] = frozenset()  # of SIGNS
    away: str = ""  # the words that say so, folded
    strange: tuple[str, ...] = ()  # sentences that no out-of-office note has, folded
    person: str = ""  # words of somebody at work
    loose: int = 0  # unknown words in the sentence of an absence or return that has most of them
    ahead: bool = False  # the absence is to come, or it is about a time of day
    elses: bool = False  # an absence is spoken of that is not said to be the writer's


@lru_cache(maxsize=8)  # several rules ask for the same note
def read_note(text: str, names: frozenset[str], patience: int = 100) -> Note:
    """Total: any text gives a Note. `names`: the writer's, folded, as they stand below a mail.

    It ends where more than `patience` sentences are strange, and where a disclaimer begins.
    """
    if len(text) > _CAP:
        return Note(strange=("too long",))
    spoken = _spoken(text)
    draft = _Draft(names, spoken)
    for sentence, mark in clauses(text):
        heard = _in(spoken, sentence_matcher().said(sentence))
        kinds = _kinds(sentence, heard, names)
        if "disclaimer" in kinds or len(draft.strange) > patience:
            break
        draft.weigh(sentence, kinds, heard, sentence if mark == "?" else "")
        draft.place(sentence, kinds, mark)
    strange = (*draft.strange, *([draft.urgent] if draft.urgent else []))
    return Note(frozenset(draft.said), draft.away, strange, draft.person, draft.loose, draft.ahead, draft.elses)


@dataclass(slots=True)
class _Draft:
    """A note while it is read."""

    names: frozenset[str]
    spoken: frozenset[str]
    said: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)
    away: str = ""
    person: str = ""
    loose: int = 0
    ahead: bool = False
    elses: bool = False
    urgent: str = ""  # "In urgent cases:" belongs to the address in the next line
    asked: bool = False  # whom to ask; the address may stand behind a colon
    titled: bool = False  # "My deputy:" stood before a colon; a name follows
    signed: int = 0  # lines that may still be a signature

    def weigh(self, sentence: str, kinds: frozenset[str], heard: Said, asked: str) -> None:
        """What it says of the absence, and of a person at work; of a signature's lines nothing."""
        if not self.signed or kinds & _EXPLAINED:
            self.person = self.person or _work(kinds, heard, asked)
        self.ahead = self.ahead or "ahead" in kinds
        self.elses = self.elses or ("absent" in kinds and "away" not in kinds)
        if kinds & {"away", "back"}:
            self.loose = max(self.loose, loose(sentence, heard))
        if "away" in kinds:
            self.away = self.away or heard.first("away", "absent")
        self.said |= kinds & SIGNS

    def place(self, sentence: str, kinds: frozenset[str], mark: str) -> None:
        """Whether a note has such a sentence there."""
        if self.urgent and "contact" not in kinds:
            self.strange.append(self.urgent)
        if self.asked and "reached" in kinds:
            self.said.add("stead")
        titled, self.titled = self.titled, "contact" in kinds and mark == ":"
        self.asked = "contact" in kinds and "reached" not in kinds
        self.urgent = ""
        if _ends(sentence, kinds, self.said, self.names):
            self.signed = _SIGNED
        elif kinds & _EXPLAINED:
            self.signed = 0
            self.strange += asides(sentence, kinds, self.spoken)
        elif "urgent" in kinds:
            self.urgent = sentence
        elif titled and len(_words(sentence)) <= _NAME:
            self.said.add("stead")
        elif self.said and is_day(sentence):
            self.said.add("until")
        elif self.signed and _signs(sentence, mark):
            self.signed -= 1
        elif not _opens(sentence, kinds, self.said):
            self.strange.append(sentence)


def _spoken(text: str) -> frozenset[str]:
    """The languages of a text: a word of one of them may mean something else in another."""
    weights: Counter[str] = Counter()
    for hit in sentence_matcher().said(fold(text)).hits:
        weights[hit.phrase.language] += len(hit.phrase.text)
    return frozenset(language for language, weight in weights.items() if 2 * weight >= max(weights.values()))


def _in(spoken: frozenset[str], said: Said) -> Said:
    """What is said in these languages. The "tomorrow" of "today and tomorrow" puts nothing off."""
    hits = tuple(hit for hit in said.hits if hit.phrase.language in spoken)
    now = [hit for hit in hits if hit.phrase.says == "until"]
    hits = tuple(hit for hit in hits if hit.phrase.says != "soon" or not any(_inside(hit, other) for other in now))
    return Said(hits, frozenset(hit.phrase.says for hit in hits))


def _inside(hit: Hit, other: Hit) -> bool:
    return other.at <= hit.at and hit.at + len(hit.phrase.text) <= other.at + len(other.phrase.text)


def _kinds(sentence: str, said: Said, names: frozenset[str]) -> frozenset[str]:
    """What a sentence says."""
    kinds = set(said.kinds)
    # "Thanks for your mail" says nothing of when it is answered, and "I read your mail on Monday" thanks for nothing.
    if kinds & {"received", "mail"} and ("thanks" in kinds or "later" not in kinds):
        kinds = (kinds - {"later"}) | {"thanks for mail"}
    if _REACHED.search(sentence):
        kinds |= {"contact", "reached"}
    if "contact" in said.kinds and kinds & {"urgent", "reached"}:
        kinds.add("stead")
    if "automatic note" in kinds:
        kinds.add("automatic")
    if "away" in kinds and _bare(said):
        kinds.remove("away")
    # "Enjoying my holiday, back on Friday": of whose return should it tell?
    if "absent" in kinds and (_beside("me", sentence, said) or _begins(said) or names & _words(sentence)):
        kinds.add("away")
    # "On leave, I shall be back on the 3rd": what is to come is the return.
    if "shall" in kinds and "away" not in said.kinds and not _beside("shall", sentence, said):
        kinds.remove("shall")
    return _dated(sentence, kinds)


def _dated(sentence: str, kinds: set[str]) -> frozenset[str]:
    # "I will be away until Friday" is said of today; "from Friday on" is not, nor "tomorrow", even with the day of return.
    if ({"shall", "away"} <= kinds and "until" not in kinds and not _RANGE.search(sentence)) or "soon" in kinds:
        kinds.add("ahead")
    if {"away", "but"} <= kinds:
        kinds.add("ahead")
    if "away" in kinds and _CLOCK.search(sentence):
        kinds.add("ahead")
    if "away" in kinds and names_day(sentence):
        kinds.add("until")
    return frozenset(kinds if kinds & _EXPLAINED else kinds - {"until"})


def _bare(said: Said) -> bool:
    """`On leave`, and not `I am on leave`: whoever it is that is away."""
    absent = {(hit.at, hit.phrase.text) for hit in said.hits if hit.phrase.says == "absent"}
    return all((hit.at, hit.phrase.text) in absent for hit in said.hits if hit.phrase.says == "away")


def _beside(says: str, sentence: str, said: Said) -> bool:
    """`I am on leave`: both between the same commas. "Carol is on leave, I answer her mails" is said of somebody else."""
    commas = [match.start() for match in _COMMA.finditer(sentence)]
    parts = [{bisect(commas, hit.at) for hit in said.hits if hit.phrase.says == kind} for kind in (says, "absent")]
    return bool(parts[0] & parts[1])


def _begins(said: Said) -> bool:
    """`Out of office until Monday`, `Currently out of office`: nobody else is named in front."""
    ends = {0, *(len(hit.phrase.text) + 1 for hit in said.hits if hit.phrase.says == "lead")}
    return any(hit.at in ends and hit.phrase.says == "absent" for hit in said.hits)


def _work(kinds: frozenset[str], heard: Said, asked: str) -> str:
    """The words of a sentence that only a person at work writes, or "". Whom to ask about an error is no error."""
    own = [hit.phrase for hit in heard.hits if hit.phrase.says in _OWN]
    # "I do not work on Fridays" is about no program.
    rest = [hit.phrase for hit in heard.hits if not any(_within(hit.phrase, phrase) for phrase in own)]
    said = {
        says: next((phrase.text for phrase in rest if phrase.says == says), "")
        for says in ("other", "soon", "work", "request")
    }
    soon = "" if "back" in kinds else said["soon"]
    work = said["work"] if said["request"] or kinds.isdisjoint({"stead", "reached"}) else ""
    wish = said["request"] if kinds.isdisjoint({"stead", "contact"}) else ""
    return asked or said["other"] or soon or work or wish


def _within(phrase: Phrase, other: Phrase) -> bool:
    return phrase.text in other.text or (other.open and phrase.text.startswith(other.text))


def _ends(sentence: str, kinds: frozenset[str], said: set[str], names: frozenset[str]) -> bool:
    """A farewell, the writer's name or a line drawn: what follows may be a signature."""
    found = _words(sentence)
    told = bool(said - {"thanks for mail", "automatic"})
    farewell = "closing" in kinds and not kinds & _EXPLAINED and len(found) <= 2 * _NAME
    called = sentence.endswith((",", "،", "、")) and len(found) <= _NAME
    return bool(found and found <= names) or (told and (farewell or called or not found))


def _signs(sentence: str, mark: str) -> bool:
    """A line as it stands in a signature: no whole sentence, and no postscript."""
    begin, *rest = sentence.split()
    return begin not in _PS and sentence != TOO_MANY and (mark == "\n" or len(rest) < _NAME - 1)


def _opens(sentence: str, kinds: frozenset[str], said: set[str]) -> bool:
    """A salutation, before anything was said."""
    called = sentence.endswith((",", "，", "、")) and len(sentence.split()) < _NAME
    greets = "greeting" in kinds and len(sentence.split()) <= 2 * _NAME
    return (called or greets) and not said - {"thanks for mail", "automatic"}


def _words(sentence: str) -> frozenset[str]:
    return frozenset(_WORD.findall(sentence))
