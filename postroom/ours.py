"""Ours: the settings that the classifier judges by, as its value. It checks nothing; `config` has."""

from classifier.verdict import KindRule, LookRule, Ours, ReportRule
from postroom.settings import ReportSettings, Settings


def ours(settings: Settings, untagged: tuple[tuple[str, str], ...]) -> Ours:
    """Which addresses are ours, which servers we believe, and what the team says of certain mails. `untagged`: see `Ours`."""

    def of(role: str) -> frozenset[str]:
        return frozenset(
            one.lower() for box in settings.mailbox if box.role == role for one in (box.address, *box.aliases)
        )

    return Ours(
        support=of("support"),
        escalate=of("escalate"),
        untagged=untagged,
        staff=frozenset(one.lower() for person in settings.staff for one in (person.address, *person.aliases)),
        members=tuple((one.lower(), person.address) for person in settings.staff for one in person.aliases),
        authserv_ids=frozenset(one.lower() for one in settings.trusted_authserv_ids),
        spam_marks=tuple(settings.spam_headers),
        forms=frozenset(one.lower() for one in settings.forms),
        reports=tuple(_report(one) for one in settings.report),
        teams=tuple(settings.forward.items()),
        rules=tuple(
            KindRule(r.name or r.sender or r.subject or r.phrase, r.kind, r.sender, r.subject, r.phrase)
            for r in settings.rule
        ),
        looks=tuple(
            LookRule(r.name or r.sender or r.subject or r.phrase, r.status, r.sender, r.subject, r.phrase, r.category)
            for r in settings.first_look
        ),
    )


def _report(given: ReportSettings) -> ReportRule:
    return ReportRule(
        name=given.name,
        sender=given.sender,
        subject=given.subject,
        host=given.host,
        header=given.header,
        status=given.status,
        category=given.category,
        joins=given.repeats == "join",
    )
