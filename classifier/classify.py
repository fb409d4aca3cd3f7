"""Classify: what a mail is, whether it may be answered, and why. The rules stand in one table; the first that holds wins.

It decides nothing about tickets: it only says which one the mail joins (`joining`). No clock, no I/O, no state.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from classifier.answer import nobody_there, why_not
from classifier.authentication import authenticate, nothing_said
from classifier.bare import firm
from classifier.behalf import Behalf, behalf
from classifier.clues import Clues, gather
from classifier.hints import hints
from classifier.joining import Joined, join, join_for, join_robot
from classifier.offered import offered
from classifier.reading import Reading
from classifier.reports import fit
from classifier.return_date import return_date
from classifier.rules import absence, bounce, bulk, calendar, ours, person, receipt, report, robot, taught
from classifier.saying import of_absence, of_appointment, of_bounce
from classifier.substitute import substitute
from classifier.thanks import only_approval, only_thanks
from classifier.undelivered import bounce_of
from classifier.verdict import PERSON, Bounce, Evidence, Kind, Known, Passed, Standing, Verdict
from inbound.message import Message

_CLIENTS = PERSON - {Kind.STAFF_REPLY, Kind.STAFF_COMMAND}
_REQUESTS = frozenset({Kind.NEW_TICKET, Kind.CLIENT_REPLY})  # what may open a ticket in the first status
_BECAUSE_CAP = 120  # characters of one line of `because`


class Rule(NamedTuple):
    """One row. `holds` gives the evidence: the header or the words, and their value; "" if the rule does not hold."""

    name: str
    kind: Kind
    holds: Callable[[Clues], str]


class PersonRule(NamedTuple):
    """One row of the second table; it also looks at the ticket that the mail joins."""

    name: str
    kind: Kind
    holds: Callable[[Clues, Joined], str]


OURS: tuple[Rule, ...] = (
    Rule("own id", Kind.OWN_MAIL, ours.own_mail),
    Rule("delivered before", Kind.DUPLICATE, ours.duplicate),
    Rule("sent from here", Kind.OWN_MAIL, ours.sent),
)

# Between these two stands what the team has said of such mail (`rules/taught.py`).
MACHINES: tuple[Rule, ...] = (
    Rule("delivered report", Kind.RECEIPT, receipt.delivered),
    Rule("delivery report", Kind.BOUNCE, bounce.delivery_report),
    Rule("read report", Kind.RECEIPT, receipt.disposition),
    Rule("plain bounce", Kind.BOUNCE, bounce.plain_bounce),
    Rule("read note", Kind.RECEIPT, receipt.read_note),
    Rule("calendar", Kind.CALENDAR, calendar.scheduling),
    Rule("configured report", Kind.SYSTEM_REPORT, report.configured),
    Rule("blocked sender", Kind.SPAM, report.blocked),
    Rule("marked as spam", Kind.SPAM, report.marked_spam),
    Rule("absence, by header", Kind.OUT_OF_OFFICE, absence.marked),
    Rule("absence, by a mailer's subject", Kind.OUT_OF_OFFICE, absence.titled),
    Rule("absence, by subject and text", Kind.OUT_OF_OFFICE, absence.worded),
    Rule("absence, by null sender", Kind.OUT_OF_OFFICE, absence.hinted),
    Rule("absence, by text", Kind.OUT_OF_OFFICE, absence.alone),
    Rule("absence, faster than typed", Kind.OUT_OF_OFFICE, absence.hasty),
    Rule("newsletter", Kind.BULK, bulk.newsletter),
    Rule("robot's answer, by header", Kind.AUTO_REPLY, robot.marked_answer),
    Rule("acknowledgement, by words", Kind.AUTO_REPLY, robot.acknowledgement),
    Rule("robot's answer, faster than typed", Kind.AUTO_REPLY, robot.hasty),
    Rule("robot's answer, by subject", Kind.AUTO_REPLY, robot.subject_only),
    Rule("address that nobody uses", Kind.AUTO_REPLY, robot.retired),
    Rule("challenge", Kind.AUTO_REPLY, robot.challenge),
    Rule("list that does not address us", Kind.BULK, bulk.unaddressed_list),
    Rule("machine's header", Kind.NOTIFICATION, robot.marked),
    Rule("nobody's address", Kind.NOTIFICATION, robot.sent_by_nobody),
    Rule("newsletter's words", Kind.BULK, bulk.worded),
    Rule("machine's words", Kind.NOTIFICATION, robot.worded),
)

PEOPLE: tuple[PersonRule, ...] = (
    PersonRule("team's answer", Kind.STAFF_REPLY, person.team_reply),
    PersonRule("staff command", Kind.STAFF_COMMAND, person.staff_command),
    PersonRule("staff reply", Kind.STAFF_REPLY, person.staff_reply),
    PersonRule("escalate address", Kind.ESCALATION, person.escalation),
    PersonRule("in Cc only", Kind.CC_ONLY, person.cc_only),
    PersonRule("reply", Kind.CLIENT_REPLY, person.client_reply),
    PersonRule("new", Kind.NEW_TICKET, person.new_ticket),
)


def classify(evidence: Evidence, reading: Reading | None = None) -> Verdict:
    """The judgement of one mail. Total and deterministic: any Evidence gives a Verdict with a reason.

    `reading` is what `classifier.reading.read` made of the same Message, where that was done elsewhere.
    """
    clues = gather(evidence, reading)
    authenticated, words = authenticate(evidence)
    for rule in machines(clues):
        said = rule.holds(clues)
        if said:
            joined = join_robot(evidence, authenticated, rule.kind)
            because = (f"{rule.name}: {said}", joined.because, words)
            return _verdict(rule.kind, because, clues, joined, authenticated)
    by_staff = behalf(clues, authenticated)
    if by_staff:
        return _for_client(clues, by_staff, authenticated, words)
    joined = join(evidence, authenticated)
    row, said = next((row, said) for row in PEOPLE if (said := row.holds(clues, joined)))
    told = taught.person(clues)
    why = (told, f"{row.name}: {said}", joined.because if joined.because not in said else "", clues.form, words)
    return _verdict(row.kind, why, clues, joined, authenticated)


def _for_client(clues: Clues, by_staff: Behalf, authenticated: Passed, words: str) -> Verdict:
    """A mail of one of us for a client; no notice of ours is answered by it."""
    kind = Kind.STAFF_REPLY if by_staff.copied else Kind.STAFF_COMMAND
    joined = join_for(clues.evidence, copied=by_staff.copied)
    because = (f"staff for a client: {by_staff.said}", joined.because, words)
    verdict = _verdict(kind, because, clues, joined, authenticated)
    return replace(verdict, behalf=by_staff.client, copied=by_staff.copied)


def machines(clues: Clues) -> tuple[Rule, ...]:
    """The first table as it stands for this mail: where the team has said what it is, or has sent it, nothing else is asked."""
    if clues.evidence.outgoing or taught.person(clues):
        return OURS
    rule = taught.rule_for(clues)
    if rule is None:
        return (*OURS, *MACHINES)
    return (*OURS, Rule(taught.name(clues), Kind(rule.kind), taught.machine))


def _verdict(kind: Kind, because: tuple[str, ...], clues: Clues, joined: Joined, authenticated: Passed) -> Verdict:
    language = clues.spoken.language if kind in PERSON else clues.body.language or clues.titled.language
    message = clues.message
    silent = nobody_there(kind, clues)
    away = kind is Kind.OUT_OF_OFFICE
    back = return_date(message.subject, clues.new, message.date, language) if away else None
    meanwhile = _line(substitute(clues.new, _known(message), language)) if away else ""
    returned = _bounce(clues) if kind is Kind.BOUNCE else None
    seems = hints(clues, answers=kind is Kind.CLIENT_REPLY or joined.ticket is not None) if kind in _CLIENTS else ()
    appointment = message.appointment if kind is Kind.CALENDAR else None
    said = (
        of_bounce(returned) if returned else of_appointment(appointment) if appointment else of_absence(back, meanwhile)
    )
    return Verdict(
        kind=kind,
        because=tuple(_line(text) for text in (*because, said) if text),
        no_answer=_line(why_not(kind, clues, joined, authenticated, silent)),
        language=language,
        fluent=kind in PERSON and clues.spoken.fluent,
        return_date=back,
        substitute=meanwhile,
        bounce=returned,
        report=found.rule if kind is Kind.SYSTEM_REPORT and (found := fit(message, clues.evidence.ours)) else None,
        look=taught.look(clues) if kind in _REQUESTS else None,
        appointment=appointment,
        said=_line(said),
        thanks=kind is Kind.CLIENT_REPLY and only_thanks(clues),
        approves=kind is Kind.CLIENT_REPLY and _is_theirs(clues, authenticated) and only_approval(clues),
        namesake=clues.evidence.namesake if joined.pending and kind in _CLIENTS else "",
        hints=seems,
        firm=kind is Kind.CLIENT_REPLY and not joined.pending and firm(clues, seems, authenticated),
        forwarded=offered(clues) if kind in PERSON else None,
        authenticated=authenticated,
        authenticity=_line(authenticate(clues.evidence)[1] or nothing_said(clues.evidence)),
        of_staff=clues.sender is not None and clues.sender.key in clues.evidence.ours.staff,
        sender=clues.sender,
        silent=_line(silent),
        ticket=joined.ticket,
        by_reply_address=person.by_reply_address(clues, joined),
        team=joined.team,
        pending=joined.pending,
        possibly=joined.possibly,
    )


def _is_theirs(clues: Clues, authenticated: Passed) -> bool:
    """Whether more than a From and a guessed number says that it is a client's reply: a word that closes a ticket needs that (T04)."""
    link = clues.evidence.link
    if link is not None and link.standing is Standing.QUIET:
        return False
    return authenticated is Passed.YES or (link is not None and link.known is Known.TOKEN)


def _known(message: Message) -> frozenset[str]:
    """The addresses of both sides: neither is anybody's substitute."""
    return frozenset(address.addr.lower() for address in (*message.from_, *message.to, *message.reply_to))


def _bounce(clues: Clues) -> Bounce:
    """What it says; the store has read one that returns an id of ours already."""
    return clues.evidence.returned or bounce_of(clues.message, clues)


def _line(text: str) -> str:
    """One line, capped: headers and texts of strangers stand in it."""
    line = text[: 4 * _BECAUSE_CAP]
    if not line.isprintable():
        line = "".join(char if char.isprintable() else " " for char in line)
    line = " ".join(line.split())
    return line if len(line) <= _BECAUSE_CAP else line[: _BECAUSE_CAP - 1] + "…"
