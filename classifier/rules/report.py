"""Rules of the configuration: machines' reports that somebody named, and spam that our own server marked. Nothing is guessed here."""

from classifier.authentication import trusted
from classifier.clues import Clues
from classifier.reports import Fit, fit

_SPAM = (("x-spam-flag", "yes"), ("x-spam-status", "yes"), ("x-spam", "yes"))


def configured(clues: Clues) -> str:
    """The first report rule that the mail fits."""
    found = fit(clues.message, clues.evidence.ours)
    return f'report rule "{found.rule.name}": {_shown(found)}' if found else ""


def _shown(found: Fit) -> str:
    rule = found.rule
    pairs = (
        ("host", found.host or rule.host),
        ("From", rule.sender),
        ("subject", rule.subject),
        ("header", rule.header),
    )
    return ", ".join(f'{name} "{value}"' for name, value in pairs if value)


def marked_spam(clues: Clues) -> str:
    """A spam filter's mark, believed only in the part of the header that our own servers wrote."""
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
