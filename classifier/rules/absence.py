"""Rules for out-of-office notes, with a header's help and without. People who mention, answer or forward an absence are people.

Without a header two things must come together: that the writer is away, and what such notes say besides (who stands in,
when mail is read again, that a machine wrote it); and nothing may show a person at work.
"""

from classifier.clues import Clues

_BESIDES = ("back", "stead", "reach", "automatic")
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
    sign = _hint(clues) or ("" if clues.wants else _besides(clues) or _only(clues, title))
    return f'subject "{title}"; text "{away}"; {sign}' if sign else ""


def answered(clues: Clues) -> str:
    """No sign but the text: it answers a mail, is short, and says who stands in or that mail is not read."""
    away = clues.body.first("away")
    more = clues.body.first("stead", "reach", "automatic")
    if not away or not clues.answers or not clues.plain:
        return ""
    sign = _hint(clues) or (f'text "{more}"' if more and len(clues.new) <= _SHORT else "")
    return f'text "{away}"; {sign}' if sign else ""


def hinted(clues: Clues) -> str:
    """The null sender, or a robot's precedence, and somebody who is away."""
    away = clues.body.first("away")
    hint = "Return-Path: <>" if clues.null_path else ""
    return f'{hint}; text "{away}"' if hint and away and not clues.forward and not clues.quoted else ""


def acknowledges(clues: Clues) -> bool:
    """Whether it says "we have received", not "I am away"."""
    return "away" not in clues.body and ("received" in clues.body or "challenge" in clues.body)


def _sign(clues: Clues) -> str:
    """What makes a machine's subject a machine's mail."""
    said = clues.body.first("away", *_BESIDES)
    if said and not (clues.wants and "away" not in clues.body):
        return f'text "{said}"'
    threaded = clues.message.in_reply_to or clues.message.references
    hint = _hint(clues)
    if hint:
        # Exchange's notes carry these; a robot's precedence on unknown words is any robot's.
        return "" if hint.startswith("Precedence") else hint
    # A person's answer has Re: in front; a subject of this form on an answer without it is a mailer's own.
    return f"In-Reply-To: {threaded[0]}" if threaded and not clues.wants and not clues.mailer else ""


def _hint(clues: Clues) -> str:
    """A header that stands on machines' mail, and on some of people's."""
    if clues.null_path:
        return "Return-Path: <>"
    message = clues.message
    for name in ("x-auto-response-suppress", "x-ms-exchange-inbox-rules-loop"):
        if message.value(name):
            return f"{name.title()}: {message.value(name)}"
    junk = message.value("precedence").lower()
    return f"Precedence: {junk}" if junk in {"bulk", "junk"} and not message.value("list-id") else ""


def _besides(clues: Clues) -> str:
    said = clues.body.first(*_BESIDES)
    return f'text "{said}"' if said else ""


def _only(clues: Clues, title: str) -> str:
    """A note that says nothing else at all, under more than a word like "Vacation"."""
    plain = len(title.split()) > 1 or title == "abwesenheitsnotiz"
    return "and nothing else" if plain and len(clues.new.split()) <= 25 and len(clues.new) <= 200 else ""
