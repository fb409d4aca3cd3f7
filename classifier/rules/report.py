"""Rules of the configuration: machines' reports that somebody named, and spam that our own server marked. Nothing is guessed here."""

from classifier.authentication import trusted
from classifier.clues import Clues
from classifier.pattern import found
from classifier.phrases import fold
from classifier.reports import Fit, fit
from classifier.verdict import Known, Standing

MOST_VALUES = 10  # of one header

_SPAM = (("x-spam-flag", "yes"), ("x-spam-status", "yes"), ("x-spam", "yes"))


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
    word = clues.evidence.word
    if (word and not word.blocked) or _known(clues):
        return ""
    return _named_mark(clues) or _own_mark(clues)


def _known(clues: Clues) -> bool:
    evidence = clues.evidence
    link = evidence.link
    part = link is not None and (
        link.known is Known.TOKEN or link.standing in {Standing.REQUESTER, Standing.PARTICIPANT}
    )
    staff = clues.sender is not None and clues.sender.key in evidence.ours.staff
    return part or staff or evidence.staff_token


def _named_mark(clues: Clues) -> str:
    """The configuration's spam_headers."""
    for mark in clues.evidence.ours.spam_marks:
        name, _, pattern = mark.partition(":")
        for value in clues.message.values(name.strip())[:MOST_VALUES]:
            if found(pattern.strip(), fold(value))[0]:
                return f"{name.strip()}: {value}"
    return ""


def _own_mark(clues: Clues) -> str:
    mark = spam_mark(clues)
    believed = next(trusted(clues.message, clues.evidence.ours.authserv_ids), None)
    if not mark or believed is None:
        return ""
    names = [name for name, _ in clues.message.headers]
    above = names[: names.index("received")] if "received" in names else []
    return mark if mark.partition(":")[0].lower() in above else ""


def spam_mark(clues: Clues) -> str:
    """The header by which some filter, anybody's, calls it spam; "" where none does."""
    for name, yes in _SPAM:
        for value in clues.message.values(name) if name in clues.headers else ():
            if value.lower().startswith(yes):
                return f"{name.title()}: {value}"
    return ""
