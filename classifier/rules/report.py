"""Rules of the configuration: machines' reports that somebody named, and spam that our own server marked. Nothing is guessed here."""

from collections.abc import Iterable
from itertools import takewhile

from classifier.authentication import authenticate, trusted
from classifier.clues import Clues
from classifier.pattern import found
from classifier.phrases import fold
from classifier.reports import Fit, fit
from classifier.verdict import Known, Passed, Standing

MOST_VALUES = 10  # of one header

_NAMES = frozenset({"x-spam-flag", "x-spam-status", "x-spam"})


def configured(clues: Clues) -> str:
    """The first report rule that the mail fits."""
    fitting = fit(clues.message, clues.evidence.ours)
    return f'report rule "{fitting.rule.name}": {_shown(fitting)}' if fitting else ""


def _shown(fitting: Fit) -> str:
    rule = fitting.rule
    pairs = (
        ("host", fitting.host or rule.host),
        ("From", rule.sender),
        ("subject", rule.subject),
        ("header", rule.header),
    )
    return ", ".join(f'{name} "{value}"' for name, value in pairs if value)


def blocked(clues: Clues) -> str:
    """Staff have said so of its sender; never of one of us, nor of an answer to a mail of ours."""
    word = clues.evidence.word
    return word.said if word and word.blocked and not _known(clues) else ""


def marked_spam(clues: Clues) -> str:
    """A spam filter's mark, believed only in the part of the header that our own servers wrote, or where the configuration names it.

    Who takes part in the ticket that the mail belongs to is no spammer, nor is whom staff have vouched for.
    """
    mark = _named_mark(clues) or _own_mark(clues)
    return "" if not mark or _vouched_for(clues) or _known(clues) else mark


def _known(clues: Clues) -> bool:
    """Whether it answers a mail of ours, or is of one of us, or of whoever takes part in its ticket."""
    evidence, link = clues.evidence, clues.evidence.link
    if evidence.staff_token or (link is not None and link.known is Known.TOKEN):
        return True
    part = link is not None and link.standing in {Standing.REQUESTER, Standing.PARTICIPANT}
    staff = clues.sender is not None and clues.sender.key in evidence.ours.staff
    return (part or staff) and not _forged(clues)


def _vouched_for(clues: Clues) -> bool:
    word = clues.evidence.word
    return word is not None and not word.blocked and not _forged(clues)


def _forged(clues: Clues) -> bool:
    """Whether a server that we trust says that its From is not true, or several stand there: then it is the mail of nobody whom we know."""
    message = clues.message
    one = len(message.from_) == 1 and len(message.values("from")) <= 1
    return not one or authenticate(clues.evidence)[0] is Passed.NO


def _named_mark(clues: Clues) -> str:
    """The configuration's spam_headers."""
    for mark in clues.evidence.ours.spam_marks:
        name, _, pattern = mark.partition(":")
        values = clues.message.values(name.strip())
        # A filter writes on top or at the end: whatever the sender puts between hides no mark.
        for value in (*values[:MOST_VALUES], *values[MOST_VALUES:][-MOST_VALUES:]):
            if found(pattern.strip(), fold(value))[0]:
                return f"{name.strip()}: {value}"
    return ""


def _own_mark(clues: Clues) -> str:
    """A usual mark above the first Received; what stands below, another filter or the sender wrote."""
    if not spam_mark(clues) or next(trusted(clues.message, clues.evidence.ours.authserv_ids), None) is None:
        return ""
    return _mark(takewhile(lambda header: header[0] != "received", clues.message.headers))


def spam_mark(clues: Clues) -> str:
    """The header by which some filter, anybody's, calls it spam; "" where none does."""
    return "" if _NAMES.isdisjoint(clues.headers) else _mark(clues.message.headers)


def _mark(headers: Iterable[tuple[str, str]]) -> str:
    """The first that says yes."""
    said = (f"{name.title()}: {value}" for name, value in headers if name in _NAMES and value[:3].lower() == "yes")
    return next(said, "")
