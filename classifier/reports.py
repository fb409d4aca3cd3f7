"""Which configured report a mail is: one reading of a rule, for judging and for finding its open ticket. It guesses nothing."""

from dataclasses import dataclass

from classifier.pattern import found
from classifier.phrases import fold
from classifier.subjects import FORWARDS, REPLIES, heads, prefix_of
from classifier.verdict import Ours, ReportRule
from inbound.message import Message

_VALUES = 10  # of one header that are looked at


@dataclass(frozen=True, slots=True)
class Fit:
    """A rule that a mail fits, and the host that its patterns took from the mail."""

    rule: ReportRule
    host: str = ""


def fit(message: Message, ours: Ours) -> Fit | None:
    """The first rule of the configuration that the mail fits. Who answers or forwards a report is a person."""
    if not ours.reports:
        return None
    subject = fold(message.subject)
    if prefix_of(subject, heads(subject)[-1]) in REPLIES | FORWARDS:
        return None
    return next((one for rule in ours.reports if (one := _fit(rule, message, subject))), None)


def _fit(rule: ReportRule, message: Message, subject: str) -> Fit | None:
    # A rule that names nothing would swallow every mail.
    if not (rule.sender or rule.subject or rule.header or rule.host) or not _sent(rule.sender.lower(), message):
        return None
    hosts: list[str] = []
    for pattern, texts in _asked(rule, message, subject):
        holds = next((host for text in texts for good, host in (found(pattern, text),) if good), None)
        if holds is None:
            return None
        hosts.append(holds)
    return Fit(rule, next(filter(None, hosts), ""))


def _asked(rule: ReportRule, message: Message, subject: str) -> list[tuple[str, list[str]]]:
    """Each pattern of the rule, with the texts of which one must contain it."""
    name, _, value = rule.header.partition(":")
    asked: list[tuple[str, list[str]]] = []
    if rule.subject:
        asked.append((rule.subject, [subject]))
    if rule.header:
        asked.append((value, [fold(one) for one in message.values(name.strip())[:_VALUES]]))
    if rule.host:
        asked.append((rule.host, [subject, fold(message.text)]))
    return asked


def _sent(wanted: str, message: Message) -> bool:
    author = message.author
    if not wanted:
        return True
    return author is not None and (author.key == wanted or (wanted.startswith("@") and author.key.endswith(wanted)))
