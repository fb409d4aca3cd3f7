"""Rules for out-of-office notes, with a header's help and without. People who mention, answer or forward an absence are people.

Without a header two things must come together: that the writer is away, and what such notes say besides (who stands in,
when mail is read again, that a machine wrote it); and nothing may show a person at work.
"""

import re

from classifier.clues import Clues
from classifier.phrases import fold, words

_BESIDES = ("back", "stead", "reach", "automatic")
_PLEASE = re.compile(r"\b(?:please|pls|bitte) (\w+)")
# What out-of-office notes ask for. Whoever asks for something else is a person.
_CALM = words(
    "contact call email e mail write reach forward send resend direct note expect allow accept be feel "
    "refer use get try phone ring speak do an sie frau herrn herr meine meinen unsere unseren den die "
    "das wenden kontaktieren rufen schreiben beachten nutzen richten melden haben",
)
_SHORT = 900  # characters; a note without any header or subject of its own is no longer than this


def marked(clues: Clues) -> str:
    """A header says that a machine wrote it, and its words say that somebody is away."""
    if not clues.machine or clues.forward:
        return ""
    away = clues.body.first("away")
    title = clues.titled.first("absence", "automatic reply")
    if away and (title or _besides(clues) or clues.answers or "auto-replied" in clues.machine):
        return f'{clues.machine}; text "{away}"'
    if title and not acknowledges(clues):
        return f'{clues.machine}; subject "{title}"'
    return ""


def titled(clues: Clues) -> str:
    """The subject is an automatic reply's, and a second sign agrees."""
    title = clues.titled.first("automatic reply")
    if not title or clues.reply or clues.forward:
        return ""
    sign = _sign(clues)
    return f'subject "{title}"; {sign}' if sign and not (acknowledges(clues) and "away" not in clues.body) else ""


def worded(clues: Clues) -> str:
    """The subject speaks of an absence, and the text is an out-of-office note's."""
    title, away = clues.titled.first("absence"), clues.body.first("away")
    if not title or not away or clues.reply or clues.forward or clues.mailer or clues.quoted:
        return ""
    sign = clues.robot_path or ("" if _asks(clues) else _besides(clues) or _only(clues, title))
    return f'subject "{title}"; text "{away}"; {sign}' if sign else ""


def answered(clues: Clues) -> str:
    """No sign but the text: it answers a mail, is short, and says who stands in or that mail is not read."""
    away = clues.body.first("away")
    more = clues.body.first("stead", "reach", "automatic")
    if not away or not clues.answers or not clues.plain or _asks(clues):
        return ""
    sign = clues.robot_path or (f'text "{more}"' if more and len(clues.new) <= _SHORT else "")
    return f'text "{away}"; {sign}' if sign else ""


def hinted(clues: Clues) -> str:
    """The null sender, and somebody who is away."""
    away = clues.body.first("away")
    holds = clues.null_path and away and not clues.forward and not clues.quoted
    return f'Return-Path: <>; text "{away}"' if holds else ""


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


def _only(clues: Clues, title: str) -> str:
    """A note that says nothing else at all, under more than a word like "Vacation"."""
    plain = len(title.split()) > 1 or title == "abwesenheitsnotiz"
    return "and nothing else" if plain and len(clues.new.split()) <= 25 and len(clues.new) <= 200 else ""
