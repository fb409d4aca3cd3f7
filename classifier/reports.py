"""Which configured report a mail is: one reading of a rule, for judging and for finding its open ticket. It guesses nothing."""

from classifier.phrases import fold
from classifier.verdict import Ours, ReportRule
from inbound.message import Message


def rule_for(message: Message, ours: Ours) -> ReportRule | None:
    """The first rule of the configuration that the mail fits."""
    return next((rule for rule in ours.reports if _fits(rule, message)), None)


def _fits(rule: ReportRule, message: Message) -> bool:
    # A rule that names nothing would swallow every mail.
    subject = fold(message.subject)
    return (
        bool(rule.sender or rule.subject or rule.host)
        and _sent(rule.sender.lower(), message)
        and fold(rule.subject) in subject
        and (fold(rule.host) in subject or fold(rule.host) in fold(message.text))
    )


def _sent(wanted: str, message: Message) -> bool:
    author = message.author
    if not wanted:
        return True
    return author is not None and (author.key == wanted or (wanted.startswith("@") and author.key.endswith(wanted)))
