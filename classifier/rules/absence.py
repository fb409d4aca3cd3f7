"""Rules for out-of-office notes, with a header's help and without. People who mention, answer or forward an absence are people.

Without a header two things must come together: that the writer is away, and what such notes say besides (who stands in,
when mail is read again, that a machine wrote it); and nothing may show a person at work.
"""

import re

from classifier.clues import Clues
from classifier.leftover import is_day
from classifier.note import Note, read_note, told
from classifier.phrases import fold, words
from classifier.serbian import latin

_BESIDES = ("back", "stead", "reach", "automatic")
_PLEASE = re.compile(r"\b(?:please|pls|bitte) (\w+)")
# What out-of-office notes ask for. Whoever asks for something else is a person.
_CALM = words(
    "contact call email e mail write reach forward send resend direct note expect allow accept be feel "
    "refer use get try phone ring speak do an sie frau herrn herr meine meinen unsere unseren den die "
    "das wenden kontaktieren rufen schreiben beachten nutzen richten melden haben",
)
_WORD = re.compile(r"[^\W_]+")
_FROM = ("from ", "auf ", "von ", "de ", "da ", "van ", "fra ", "od ", "från ", "от ", "від ", "för ", "out ")
_APART = frozenset(":)]】-–")
_LONG = 2500  # characters of a text in words that nobody here knows
_ANSWERS = frozenset({"thanks for mail", "automatic", "reach", "later"})  # what only an answer says
_UNASKED = _ANSWERS - {"later"} | {"stead"}  # people who answer while they are away say when they will, too
_MARKS = re.compile('["“”„«»「」『』]')
_HELD = ("iphone", "ipad", "k-9", "fairemail")
_ALL = 100  # strange sentences beside a sign that needs no whole note
_LOOSE = 5  # unknown words in a note that says no more than two things
_BARE = 2  # and in one that says no more than "away until then"
_THEN = frozenset({"away", "until"})
_MUCH = 4  # things said; so many make up for one sentence about something else

_ABOUT = frozenset({"away", "absent", "reach", "automatic", "back", "stead"})  # one of them is said by every note
_TELLING = frozenset({"back", "stead", "reach", "automatic", "later"})
_UNATTENDED = frozenset({"reach", "automatic", "stead"})
_ATTENDED = _UNATTENDED | {"thanks for mail"}
_NOTHING = Note()


def marked(clues: Clues) -> str:
    """A header says that a machine wrote it, and its words say that somebody is away."""
    if not clues.machine or clues.forward:
        return ""
    note = _note(clues, _ALL)
    away = clues.body.first("away") or note.away
    title = clues.titled.first("absence", "automatic reply")
    if away and (title or _besides(clues) or clues.answers or "auto-replied" in clues.machine or told(note.says) > 1):
        return f'{clues.machine}; text "{away}"'
    if title and not acknowledges(clues):
        return f'{clues.machine}; subject "{title}"'
    return ""


def titled(clues: Clues) -> str:
    """The subject is an automatic reply's, and a second sign agrees, or nothing speaks against it."""
    title, apart = _prefix(clues)
    if not title or clues.reply or clues.forward:
        return ""
    note = _note(clues, _ALL)
    says = note.away or (clues.body.first(*_BESIDES) if told(note.says) > 1 else "")
    sign = f'text "{says}"' if says and not note.person else ""
    # A person may write under "Out of office"; a mailer puts a colon behind it, and what it answers.
    sign = sign or (_sign(clues) if apart or clues.robot_path or clues.message.in_reply_to else "")
    calm = apart and not clues.robot_path and not _asks(clues) and _at_rest(clues) and len(clues.new) <= _LONG
    sign = sign or ("nothing asked" if calm else "")
    return f'subject "{title}"; {sign}' if sign and (note.away or not acknowledges(clues)) else ""


def worded(clues: Clues) -> str:
    """The subject speaks of an absence, and the text is an out-of-office note's."""
    title = clues.titled.first("absence", "automatic reply", "absent")
    # A person's answer has Re: in front; above a quote, and in a program whose rules answer, a subject of its own is a mailer's.
    mailers = clues.answers and not clues.forward and not _by_telephone(clues)
    if not title or clues.reply or not (_at_rest(clues) or mailers):
        return ""
    note = read_note(clues.new, _author(clues), 2)
    away = note.away or clues.body.first("away")
    if _cited(clues, away) or (note.elses and not note.away):
        return ""
    # Such a subject says who is away, where the text names nothing but the return, or what becomes of mail until then.
    returns = "back" in note.says and not note.ahead and note.loose <= _BARE and any(map(str.isdigit, clues.new))
    more = told(note.says) > 1 and not (note.strange or note.ahead or acknowledges(clues))
    away = away or (clues.body.first("back", *_BESIDES) or "back" if returns or more else "")
    whole = away and not note.person and not note.strange and (told(note.says) > 1 or returns or len(title.split()) > 1)
    sign = clues.robot_path or ("and nothing else" if whole or _nearly(note) else "")
    return f'subject "{title}"; text "{away}"; {sign}' if away and sign else ""


def alone(clues: Clues) -> str:
    """No sign but the text: every sentence of it is an out-of-office note's, and one of them says who is away."""
    if clues.forward or (clues.mailer and (_by_telephone(clues) or not clues.answers)):
        return ""
    note = _note(clues)
    # What stands above a quote, or was written in a program of people's, whose rules answer, too, has to say all that such
    # notes say: people answer in half of it.
    if (clues.quoted or clues.mailer) and (told(note.says) <= 2 or not note.says & _UNASKED or note.strange):
        return ""
    if not (note.away or _unread(note)) or note.person or (note.strange and not _nearly(note)):
        return ""
    # "I am ill, and do not know when I shall be back" is what people write: a note says something besides.
    if _cited(clues, note.away) or (note.unsure and not note.says & _ATTENDED):
        return ""
    # "We will be back to you" is a ticket system's, where nobody says that they are away.
    if not note.away and "acknowledged" in clues.body.kinds | clues.titled.kinds:
        return ""
    # Who says no more than that they will be away is at work, and so is whoever writes of it unasked.
    # Thanks for a mail make nobody a machine who says half a sentence more.
    firm = len(note.says - {"thanks for mail"}) > 2
    whole = told(note.says) > (2 if note.ahead else 1) and (
        firm or note.loose <= (_BARE if note.says <= _THEN else _LOOSE)
    )
    unasked = _UNASKED if note.ahead else _ANSWERS  # who will be away only later is at work, and says when they answer
    holds = whole if clues.answers or not clues.subject else told(note.says) > 2 and note.says & unasked
    first = note.away or clues.body.first("reach", "automatic", "back")
    return f'text "{first}"; and {", ".join(sorted(note.says - {"away"}))}; nothing else' if holds else ""


def hinted(clues: Clues) -> str:
    """The null sender, and somebody who is away."""
    if not clues.null_path or clues.forward or clues.quoted:
        return ""
    away = clues.body.first("away") or _note(clues, _ALL).away
    return f'Return-Path: <>; text "{away}"' if away else ""


def hasty(clues: Clues) -> str:
    """It came faster than anybody types, and says one thing that such notes say; three, where it has a person's words, too."""
    haste = "" if clues.forward else clues.haste
    if not haste:
        return ""
    note = read_note(clues.new, _author(clues), _ALL)
    away, besides = note.away or clues.body.first("away"), ", ".join(sorted(note.says & _TELLING))
    says = f'text "{away}"' if away else f"it tells {besides}" if besides else ""
    person = note.person and told(note.says) <= 2
    return f"{haste}; {says}" if says and not (person or acknowledges(clues)) else ""


def doubtful(clues: Clues) -> str:
    """The words of an absence in an answer that says hardly anything besides: a person's or a mailbox's, who knows."""
    if not clues.answers or clues.forward or _by_telephone(clues):
        return ""
    note = _note(clues)
    # A day that stands alone answers a question.
    calm = not (note.person or note.ahead) and len(note.strange) <= 1 and not any(map(is_day, note.strange))
    return note.away if calm and not _cited(clues, note.away) else ""


def acknowledges(clues: Clues) -> bool:
    """Whether it says "we have received", not "I am away"."""
    return "away" not in clues.body and not clues.body.kinds.isdisjoint({"received", "acknowledged", "challenge"})


def _asks(clues: Clues) -> str:
    """The words of a person who wants something else than that somebody else be asked."""
    wishes = (match for match in _PLEASE.finditer(fold(clues.new)) if match[1] not in _CALM)
    return clues.wants or next((match.group() for match in wishes), "")


def _sign(clues: Clues) -> str:
    """What makes a machine's subject a machine's mail."""
    said = clues.body.first("away", *_BESIDES)
    if said and not (_asks(clues) and "away" not in clues.body):
        return f'text "{said}"'
    if clues.null_path:
        return clues.robot_path
    if _asks(clues) or clues.mailer:
        return ""
    # A person's answer has Re: in front; a subject of this form on an answer without it is a mailer's own.
    threaded = clues.message.in_reply_to or clues.message.references
    return _wish(clues) or (f"In-Reply-To: {threaded[0]}" if threaded else "")


def _wish(clues: Clues) -> str:
    """A header of Exchange's notes, which stands on people's mail, too: it supports a mailer's subject, nothing else."""
    names = ("x-auto-response-suppress", "x-ms-exchange-inbox-rules-loop")
    return next((f"{name.title()}: {clues.header(name)}" for name in names if clues.header(name)), "")


def _besides(clues: Clues) -> str:
    said = clues.body.first(*_BESIDES)
    return f'text "{said}"' if said else ""


def _of_no_desk(clues: Clues) -> bool:
    """No forward, and no program that a person writes with."""
    return not (clues.forward or clues.mailer)


def _by_telephone(clues: Clues) -> bool:
    """A program whose owner holds it: none of its rules answers."""
    return any(name in clues.mailer.casefold() for name in _HELD)


def _at_rest(clues: Clues) -> bool:
    """Nothing around the text shows a person at work."""
    return _of_no_desk(clues) and not clues.quoted


def _cited(clues: Clues, away: str) -> bool:
    """Whether these words stand in quotation marks: the text of a note that somebody wants, or complains of."""
    text = fold(clues.new)
    return bool(away) and len(_MARKS.findall(text, 0, max(text.find(away), 0))) % 2 == 1


def _unread(note: Note) -> bool:
    """It says when somebody is back or answers, and what only a mailbox without its owner says: that mail is not read, who stands in, that a machine wrote it."""
    back = "back" in note.says and note.says & _UNATTENDED
    later = {"until", "later"} <= note.says and note.says & {"reach", "stead"}
    return bool(back or later) and not (note.strange or note.unsure) and told(note.says) > 2


def _nearly(note: Note) -> bool:
    return told(note.says) - ("thanks for mail" in note.says) >= _MUCH and len(note.strange) == 1 and not note.person


def _note(clues: Clues, patience: int = 2) -> Note:
    """Its sentences, where any of them can be about an absence."""
    if clues.body.kinds.isdisjoint(_ABOUT):
        return _NOTHING
    return read_note(clues.new, _author(clues), patience)


def _author(clues: Clues) -> frozenset[str]:
    """The writer's names, as they stand below a mail."""
    return (
        frozenset(_WORD.findall(fold(latin(f"{clues.sender.name} {clues.sender.addr}"))))
        if clues.sender
        else frozenset()
    )


def _prefix(clues: Clues) -> tuple[str, bool]:
    """A mailer's words in front of the subject, and whether a mark sets them apart: "Automatic reply fails" is a person's."""
    best = ("", False)
    for hit in clues.titled.hits:
        if hit.phrase.says == "automatic reply":
            title = hit.phrase.text
            rest = clues.subject[hit.at + len(title) :].lstrip()
            apart = title[-1:] in _APART or rest[:1] in _APART or rest.startswith(_FROM)
            if apart or (not rest and not best[0]):
                best = (title, apart)
    return best
