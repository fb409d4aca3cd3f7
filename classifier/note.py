"""Note: an out-of-office note, read sentence by sentence: what each one says, and what is left over. It weighs nothing; the rules do.

Such a note says who is away, until when, who stands in, when mail is answered: in any order and language, and nothing
besides. A person who mentions an absence says something else, and that is what is left over: `strange`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from classifier.clauses import TOO_MANY, clauses
from classifier.phrases import SENTENCES, Said, fold, words

_CAP = 2500  # characters; no longer note is read by its words alone
_NAME = 4  # words that a name or a salutation takes
_ASIDE, _TITLES = 2, 6  # words of a part between commas that says nothing by itself; beside whom to ask
_UNSPACED = 3  # characters that count as a word, in scripts without spaces
_SIGNED = 12  # lines of a signature
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_CLOCK = re.compile(r"\d:\d\d|\d ?(?:am|pm|uhr|h)\b")
_RANGE = re.compile(r"\d\.?(?: [^\W\d]+)? ?(?:[-–—~/]|to|au|al|ao?|t/m|till?|do|по|ve|e|y) ?\d")  # 3 to 14 August
_PARTS = re.compile(r"[,،、，()]|\s[-–—]\s")
_WORD = re.compile(r"[^\W_]+")
_REACHED = re.compile(r"\S@\S|https?://|\bwww\.|(?:\d[\s./()\-–]{0,3}){6}")  # an address, a page, a telephone number
_PS = words("ps p.s pps ps: зы")

_EXPLAINED = frozenset({"away", "back", "stead", "reach", "automatic", "later", "contact", "wish", "thanks for mail"})
_OWN = frozenset({"away", "gone", "me", "later"})
SIGNS = frozenset({"away", "until", "back", "stead", "reach", "automatic", "later", "thanks for mail"})


@dataclass(frozen=True, slots=True)
class Note:
    """What the sentences of a text say."""

    says: frozenset[str] = frozenset()  # of SIGNS
    away: str = ""  # the words that say so, folded
    strange: tuple[str, ...] = ()  # sentences that no out-of-office note has, folded
    person: str = ""  # words of somebody at work
    ahead: bool = False  # the absence is to come, or it is about a time of day


def read_note(text: str, names: frozenset[str], patience: int = 100) -> Note:
    """Total: any text gives a Note. `names`: the writer's, folded, as they stand below a mail.

    It ends where more than `patience` sentences are strange, and where a disclaimer begins.
    """
    if len(text) > _CAP:
        return Note(strange=("too long",))
    draft, spoken = _Draft(names), _spoken(text)
    for sentence, asks in clauses(text):
        heard = _in(spoken, SENTENCES.said(sentence))
        kinds = _kinds(sentence, heard, names)
        if "disclaimer" in kinds or len(draft.strange) > patience:
            break
        draft.weigh(sentence, kinds, heard, sentence if asks else "")
        draft.place(sentence, kinds)
    strange = (*draft.strange, *([draft.urgent] if draft.urgent else []))
    return Note(frozenset(draft.said), draft.away, strange, draft.person, draft.ahead)


@dataclass(slots=True)
class _Draft:
    """A note while it is read."""

    names: frozenset[str]
    said: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)
    away: str = ""
    person: str = ""
    ahead: bool = False
    urgent: str = ""  # "In urgent cases:" belongs to the address in the next line
    signed: int = 0  # lines that may still be a signature

    def weigh(self, sentence: str, kinds: frozenset[str], heard: Said, asked: str) -> None:
        """What it says of the absence, and of a person at work; of a signature's lines nothing."""
        if not self.signed or kinds & _EXPLAINED:
            self.person = self.person or _work(kinds, heard, asked)
        self.ahead = self.ahead or "ahead" in kinds or bool(_CLOCK.search(sentence))
        if "away" in kinds:
            self.away = self.away or heard.first("away", "gone")
        self.said |= kinds & SIGNS

    def place(self, sentence: str, kinds: frozenset[str]) -> None:
        """Whether a note has such a sentence there."""
        if self.urgent and "contact" not in kinds:
            self.strange.append(self.urgent)
        self.urgent = ""
        if _ends(sentence, kinds, self.said, self.names):
            self.signed = _SIGNED
        elif kinds & _EXPLAINED:
            self.signed = 0
            self.strange += _asides(sentence, kinds)
        elif "urgent" in kinds:
            self.urgent = sentence
        elif self.signed and sentence.split(maxsplit=1)[0] not in _PS and sentence != TOO_MANY:
            self.signed -= 1
        elif not _opens(sentence, kinds, self.said):
            self.strange.append(sentence)


def _spoken(text: str) -> frozenset[str]:
    """The languages of a text: a word of one of them may mean something else in another."""
    weights: Counter[str] = Counter()
    for hit in SENTENCES.said(fold(text)).hits:
        weights[hit.phrase.language] += len(hit.phrase.text)
    return frozenset(language for language, weight in weights.items() if 2 * weight >= max(weights.values()))


def _in(spoken: frozenset[str], said: Said) -> Said:
    hits = tuple(hit for hit in said.hits if hit.phrase.language in spoken)
    return Said(hits, frozenset(hit.phrase.says for hit in hits))


def _kinds(sentence: str, said: Said, names: frozenset[str]) -> frozenset[str]:
    """What a sentence says."""
    kinds = set(said.kinds)
    if "gone" in kinds and ("me" in kinds or _begins(said) or names & _words(sentence)):
        kinds.add("away")
    if kinds & {"received", "mail"}:
        kinds.add("thanks for mail")
    if _REACHED.search(sentence):
        kinds |= {"contact", "reached"}
    if {"urgent", "contact"} <= kinds:
        kinds.add("stead")
    if "automatic note" in kinds:
        kinds.add("automatic")
    # "I will be away until Friday" is said of today; "from Friday on" is not, nor "tomorrow", even with the day of return.
    if ({"shall", "away"} <= kinds and "until" not in kinds and not _RANGE.search(sentence)) or "soon" in kinds:
        kinds.add("ahead")
    if "away" in kinds and any(char.isdigit() for char in sentence):
        kinds.add("until")
    if "until" in kinds and not kinds & _EXPLAINED:
        kinds.discard("until")
    return frozenset(kinds)


def _begins(said: Said) -> bool:
    """`Out of office until Monday`: nobody else is named in front."""
    return any(hit.at == 0 and hit.phrase.says == "gone" for hit in said.hits)


def _work(kinds: frozenset[str], heard: Said, asked: str) -> str:
    """The words of a sentence that only a person at work writes, or "". Whom to ask about an error is no error."""
    if asked or "other" in kinds:
        return heard.first("other") or asked
    if "soon" in kinds and "back" not in kinds:
        return heard.first("soon")
    # "I do not work on Fridays" is about no program.
    own = [hit.phrase.text for hit in heard.hits if hit.phrase.says in _OWN]
    wish = next(
        (
            hit.phrase.text
            for hit in heard.hits
            if hit.phrase.says == "request" and not any(hit.phrase.text in text for text in own)
        ),
        "",
    )
    if "work" in kinds and (wish or kinds.isdisjoint({"stead", "reached"})):
        return heard.first("work")
    return wish if kinds.isdisjoint({"stead", "contact"}) else ""


def _asides(sentence: str, kinds: frozenset[str]) -> Iterator[str]:
    """The parts between commas that say something else. Beside whom to ask stand names and titles."""
    least = _TITLES if kinds & {"contact", "stead"} else _ASIDE
    parts = [part.strip() for part in _PARTS.split(sentence)]
    for part in parts if len(parts) > 1 else ():
        long = len(part) >= _UNSPACED * least if _WIDE.search(part) else len(part.split()) >= least
        if long and not any(char.isdigit() for char in part) and "@" not in part and not SENTENCES.said(part).kinds:
            yield part


def _ends(sentence: str, kinds: frozenset[str], said: set[str], names: frozenset[str]) -> bool:
    """A farewell, the writer's name or a line drawn: what follows may be a signature."""
    found = _words(sentence)
    farewell = "closing" in kinds and not kinds & _EXPLAINED and len(found) <= 2 * _NAME
    return bool(found and found <= names) or ("away" in said and (farewell or not found))


def _opens(sentence: str, kinds: frozenset[str], said: set[str]) -> bool:
    """A salutation, before anything was said."""
    called = sentence.endswith((",", "，", "、")) and len(sentence.split()) < _NAME
    greets = "greeting" in kinds and len(sentence.split()) <= 2 * _NAME
    return (called or greets) and not said - {"thanks for mail", "automatic"}


def _words(sentence: str) -> frozenset[str]:
    return frozenset(_WORD.findall(sentence))
