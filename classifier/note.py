"""Note: an out-of-office note, read sentence by sentence: what each one says, and what is left over. It weighs nothing; the rules do.

Such a note says who is away, until when, who stands in, when mail is answered: in any order and language, and nothing
besides. A person who mentions an absence says something else, and that is what is left over: `strange`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from classifier.clauses import TOO_MANY, clauses
from classifier.leftover import asides, is_day, loose, names_date, names_day
from classifier.phrases import Phrase, Said, in_sentence, words
from classifier.signing import unsigned
from classifier.telling import EXPLAINED, bare_words, denied, heard_in, kinds_of, spoken_in, tongues

_CAP = 2500  # characters; no longer note is read by its words alone
_NAME = 4  # words that a name or a salutation takes
_MATTER = 6  # of what an address is named for
_SIGNED = 12  # lines of a signature
_SAYS, _RETURNS, _CALLS = 4, 6, 8  # unknown words of a sentence; about the return; about whom to ask in urgent cases
_ADDRESS = re.compile(r"@|://|^www\.")
_NAMES = 2  # of one that says no more than whom to ask: a name; "my colleague gets three lists" says more
_WHOM = frozenset({"contact", "stead"})
# With no day: pages are back, too; and people say "sorry for the list".
_ALONE = (frozenset({"back"}), frozenset({"wish"}))
_SORRY = frozenset(
    {"sorry", "wish"}
)  # "sorry for the delay" is a note's, "for the old list" is not: hardly a word is unknown
_MAILS = frozenset({"later", "thanks for mail"})
_WHO = frozenset({"away", "stead"})  # names and titles are unknown, too
_PS = words("ps p.s pps ps: зы")

_OWN = frozenset({"away", "absent", "me", "later", "back", "reach", "wish", "greeting", "contact", "urgent"})
SIGNS = frozenset({"away", "until", "back", "stead", "reach", "automatic", "later", "thanks for mail"})


_WHOLE = 3
_OF = re.compile(r"\b(?:de|del|di|dia|día)\b")  # 11 de enero de 2027
_SAID_BESIDES = SIGNS - {"away", "until"}


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
    unsure: bool = False  # the writer does not know until when


@lru_cache(maxsize=8)  # several rules ask for the same note
def read_note(text: str, names: frozenset[str], patience: int = 100) -> Note:
    """Total: any text gives a Note. `names`: the writer's, folded, as they stand below a mail.

    It ends where more than `patience` sentences are strange, and where a disclaimer begins.
    """
    if len(text) > _CAP:
        return Note(strange=("too long",))
    spoken, beside = tongues(text)
    draft = _Draft(names, spoken)
    for sentence, mark in clauses(unsigned(text, spoken)):
        said = in_sentence(sentence)
        heard = heard_in(spoken_in(said, spoken, beside), said)
        kinds = draft.headed(kinds_of(sentence, heard, names), mark)
        if "disclaimer" in kinds or len(draft.strange) > patience:
            break
        if not _titles(sentence, kinds, mark):
            asks = mark == "?" and not (_heads(sentence, kinds) or (not draft.said and _greets(sentence, kinds, heard)))
            draft.weigh(sentence, kinds, heard, sentence if asks else "")
        draft.place(sentence, kinds, mark, heard)
    strange = (*draft.unforgiven(), *([draft.urgent] if draft.urgent else []))
    more = (draft.loose, draft.ahead, draft.elses, draft.unsure)
    return Note(frozenset(draft.said), draft.away, strange, draft.person, *more)


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
    unsure: bool = False
    urgent: str = ""  # "In urgent cases:", or "For orders:", belongs to the address behind it
    heads: bool = False  # "Urgent:" stood before a colon; a name and an extension follow
    asked: bool = False  # whom to ask; the address may stand behind a colon
    colon: bool = False  # the sentence before ended with one
    titled: bool = False  # "My deputy:" stood before a colon; a name follows
    signed: int = 0  # lines that may still be a signature
    named: set[str] = field(default_factory=set)  # words of the sentences that say whom to ask

    def unforgiven(self) -> list[str]:
        """The strange sentences but one that names a day with its month, where three other things are said: people find many words for it."""
        if told(self.said) < _WHOLE or self.said.isdisjoint(_SAID_BESIDES):
            return self.strange
        dated = [one for one in self.strange if names_date(one)]
        return [one for one in self.strange if one not in dated] if len(dated) == 1 else self.strange

    def headed(self, kinds: frozenset[str], mark: str) -> frozenset[str]:
        """What it says below "Urgent:"."""
        heads, self.heads = self.heads, "urgent" in kinds and mark == ":"
        return kinds | {"contact", "reached", "stead"} if heads and "inside" in kinds else kinds

    def weigh(self, sentence: str, kinds: frozenset[str], heard: Said, asked: str) -> None:
        """What it says of the absence, and of a person at work; of a signature's lines nothing."""
        if not self.signed or kinds & EXPLAINED:
            self.person = self.person or _work(kinds, heard, asked)
        self.ahead = self.ahead or "ahead" in kinds
        self.elses = self.elses or ("absent" in kinds and "away" not in kinds)
        self.unsure = self.unsure or "unsure" in kinds
        if kinds & {"away", "back"}:
            self.loose = max(self.loose, loose(sentence, heard, self.names))
        if "away" in kinds:
            self.away = self.away or heard.first("away", "absent")
        self.said |= kinds & SIGNS
        self.named |= bare_words(sentence) if kinds & {"stead", "contact"} else frozenset()

    def place(self, sentence: str, kinds: frozenset[str], mark: str, heard: Said) -> None:
        """Whether a note has such a sentence there."""
        if self.urgent and "contact" not in kinds:
            self.strange.append(self.urgent)
        if self.asked and "reached" in kinds:
            self.said.add("stead")
        titled, self.titled = self.titled, "contact" in kinds and mark == ":"
        behind, self.colon = self.colon, mark == ":"
        self.asked = "contact" in kinds and "reached" not in kinds
        self.urgent = ""
        beside = bool(kinds & EXPLAINED) and _beside(sentence, kinds, heard, self.names)
        if _ends(sentence, kinds, self.said, self.names):
            self.signed = _SIGNED
        elif kinds & EXPLAINED and not (self.signed and beside):
            self.signed = 0
            self.strange += [sentence] if beside else asides(sentence, kinds, self.spoken, heard)
        elif "urgent" in kinds or _titles(sentence, kinds, mark):
            self.urgent = sentence
        elif (titled and len(bare_words(sentence)) <= _NAME) or self._again(sentence):
            self.said.add("stead")
        elif self.said and is_day(_OF.sub("", sentence)) and (behind or any(map(str.isdigit, sentence))):
            self.said.add("until")
        elif self.signed and _signs(sentence, mark):
            self.signed -= 1
        elif not _opens(sentence, kinds, self.said):
            self.strange.append(sentence)

    def _again(self, sentence: str) -> bool:
        """`Please contact Dana Whitfield.`, and a line with nothing but her name, above her address."""
        found = bare_words(sentence)
        return 1 < len(found) <= _NAME and found <= self.named


def told(says: Collection[str]) -> int:
    """How many different things are said; the last day and the first day back are one."""
    return len(says) - ("until" in says and "back" in says)


def _work(kinds: frozenset[str], heard: Said, asked: str) -> str:
    """The words of a sentence that only a person at work writes, or "". Whom to ask about an error is no error."""
    own = [hit.phrase for hit in heard.hits if hit.phrase.says in _OWN]
    # "I do not work on Fridays" is about no program.
    rest = [hit.phrase for hit in heard.hits if not any(_within(hit.phrase, phrase) for phrase in own)]
    said = {
        says: next((phrase.text for phrase in rest if phrase.says == says), "")
        for says in ("other", "soon", "work", "request", "thing")
    }
    soon = "" if kinds & {"back", "later"} else said["soon"]
    # Nor are the invoices of "I have moved, and no longer deal with invoices".
    calm = not kinds.isdisjoint({"stead", "reached"}) or {"away", "former"} <= kinds
    work = said["work"] if said["request"] or not calm else ""
    wish = said["request"] if kinds.isdisjoint({"stead", "contact"}) else ""
    thing = said["thing"] if "hand" in heard.kinds else ""  # "Send the papers to my colleague"
    return asked or said["other"] or soon or work or wish or thing


def _within(phrase: Phrase, other: Phrase) -> bool:
    """The longer one says it better: the "work" of "I do not work", but not "answer my colleague" where "answer*" is known."""
    return phrase.text in other.text


def _beside(sentence: str, kinds: frozenset[str], heard: Said, names: frozenset[str]) -> bool:
    """Whether more is said than what its words explain: "The messages go twice to the students of the first group"."""
    if "away" in kinds or ("stead" in kinds and _asked(heard)):
        return False
    plain = "back" in kinds and names_day(sentence)
    urgent = "urgent" in kinds and "contact" in kinds
    said = kinds & EXPLAINED
    whom = bool(said & _WHOM) and said <= _WHOM | _MAILS and "urgent" not in kinds
    if whom and denied(sentence, heard, kinds):
        return True
    whom = whom and "reached" not in kinds
    if "sorry" in said and said <= _SORRY:
        return loose(sentence, heard, names) > (_NAMES if "wish" in said else 0)
    few = _NAMES - bool(said & _MAILS) if whom or said in _ALONE else _SAYS
    most = _CALLS if urgent else _RETURNS if plain else few
    known = names.union(*(bare_words(word) for word in sentence.split() if _ADDRESS.search(word)))
    return loose(sentence, heard, known) > most


def _asked(heard: Said) -> bool:
    """`Contact my colleague`, and not "my colleague" alone: two words apart say whom to ask."""
    hits = sorted((hit.at, hit.at + len(hit.phrase.text)) for hit in heard.hits if hit.phrase.says == "contact")
    return any(end <= start for (_, end), (start, _) in pairwise(hits))


def _ends(sentence: str, kinds: frozenset[str], said: set[str], names: frozenset[str]) -> bool:
    """A farewell, the writer's name or a line drawn: what follows may be a signature."""
    found = bare_words(sentence)
    told = bool(said - {"thanks for mail", "automatic"})
    farewell = "closing" in kinds and not kinds & EXPLAINED and len(found) <= 2 * _NAME
    called = sentence.endswith((",", "،", "、")) and len(found) <= _NAME
    return _named(found, names) or (told and (farewell or called or not found))


def _named(found: frozenset[str], names: frozenset[str]) -> bool:
    """`Dana Whitfield`, or the D of "D. Whitfield": nothing but the writer's names."""
    return bool(found) and found <= names | {name[:1] for name in names}


def _signs(sentence: str, mark: str) -> bool:
    """A line as it stands in a signature: no whole sentence, and no postscript."""
    begin, *rest = sentence.split()
    return begin not in _PS and sentence != TOO_MANY and (mark == "\n" or len(rest) < _NAME - 1)


def _titles(sentence: str, kinds: frozenset[str], mark: str) -> bool:
    """`For orders:`, and an address behind it."""
    return "matter" in kinds and mark == ":" and len(bare_words(sentence)) <= _MATTER


def _heads(sentence: str, kinds: frozenset[str]) -> bool:
    """`Urgent?`, and whom to call in the next sentence: nothing is asked."""
    return "urgent" in kinds and len(sentence.split()) <= _NAME


def _greets(sentence: str, kinds: frozenset[str], heard: Said) -> bool:
    """`Hello, all well?`, above everything else."""
    return kinds == {"greeting"} and not loose(sentence, heard, frozenset())


def _opens(sentence: str, kinds: frozenset[str], said: set[str]) -> bool:
    """A salutation, before anything was said."""
    called = sentence.endswith((",", "，", "、")) and len(sentence.split()) < _NAME
    greets = "greeting" in kinds and len(sentence.split()) <= 2 * _NAME
    return (called or greets) and not said - {"thanks for mail", "automatic"}
