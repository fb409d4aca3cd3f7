"""Rules for calendars: an invitation, an answer to one, or its end (RFC 5546, RFC 6047). An attached event is a person's mail."""

from classifier.clues import Clues

_METHODS = frozenset(["REQUEST", "REPLY", "CANCEL", "COUNTER", "DECLINECOUNTER", "REFRESH", "ADD"])


def scheduling(clues: Clues) -> str:
    """A text/calendar part with a method that asks for, or gives, an answer. PUBLISH does neither."""
    method = clues.message.calendar_method
    if method not in _METHODS or "text/calendar" not in (clues.message.content_type, *clues.message.parts):
        return ""
    # A person who answers or forwards an invitation, or an answer to one, quotes it, and some programs keep the old part.
    # Outlook's own forward of an invitation quotes nothing: it invites us.
    handled = clues.quoted or clues.header("x-forwarded-message-id")
    return "" if (clues.reply or clues.forward) and handled else f"text/calendar; method={method}"
