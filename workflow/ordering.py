"""What follows when a staff member's mail says what to do: all of it is done, or nothing, and each line says why. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo

from classifier.recipients import whose
from classifier.verdict import Ours
from inbound import addresses
from workflow.act import Act, Assign, Note, Part, Reply, SetStatus, Stands, TakePart, Undo
from workflow.after import after
from workflow.decide import decide_action
from workflow.decision import Decision, Ticket
from workflow.machine import Status, Workflow
from workflow.moment import moment
from workflow.orders import VERBS, Asked, Order, repeats_ours
from workflow.spelling import closest, mend, quoted

NOBODY = frozenset({"nobody", "none", "noone", "-"})


class Refused(Exception):
    """An order that cannot be done; the message says why, and what is possible."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who gives the orders, and whom a ticket may be given to. Addresses with names, as the configuration has them."""

    me: str  # addr-spec of the one who writes
    members: Mapping[str, str]
    people: Mapping[str, Stands] = field(default_factory=dict)  # who is on the ticket, by each of their addresses
    ours: Ours = field(default_factory=Ours)

    def named(self, text: str) -> str:
        """The address of one of us: by address, by its local part, by name or by first name. Raises Refused."""
        wanted = text.strip().casefold()
        if wanted == "me":
            return self.me
        found = [addr for addr, name in self.members.items() if wanted in _names(addr, name)]
        if len(found) == 1:
            return found[0]
        known = quoted(addr for addr in self.members)
        raise Refused(f'"{text}" is {"more than one" if found else "none"} of us: the team is {known}')


@dataclass(frozen=True, slots=True)
class Ordered:
    """What became of it. Where `refused` is not empty, nothing was done, and `decision` leaves the ticket as it is."""

    decision: Decision
    refused: str = ""
    read_as: tuple[str, ...] = ()  # what was understood though it was spelled otherwise
    undo: tuple[str, ...] = ()  # how what was done is taken back, a line each
    note: bool = False  # the words are kept among us
    help: bool = False  # what is possible is asked for


def carry_out(
    ticket: Ticket, asked: Asked, workflow: Workflow, team: Team, now: datetime, *, note: bool, back_to: str = ""
) -> Ordered:
    """`note`: words without #note or #reply are a note. `back_to`: the status before the newest change, where that was theirs."""
    note = asked.has("note") or (note and not asked.has("reply"))
    try:
        return _carried_out(ticket, asked, workflow, team, now, note=note, back_to=back_to)
    except Refused as error:
        return refused(ticket, workflow, team, now, str(error), help_=asked.has("help"))


def refused(
    ticket: Ticket, workflow: Workflow, team: Team, now: datetime, reason: str, *, help_: bool = False
) -> Ordered:
    """The mail is kept, and nothing of it is done."""
    unchanged = _unchanged(ticket, workflow, team, now, f"nothing was done for {team.me}: {reason}")
    return Ordered(unchanged, refused=reason, help=help_)


def _carried_out(
    ticket: Ticket, asked: Asked, workflow: Workflow, team: Team, now: datetime, *, note: bool, back_to: str
) -> Ordered:
    _possible(asked)
    read_as = [f"#{order.written} was read as #{order.verb}" for order in asked.orders if order.guessed]
    if asked.sign_off:
        read_as.append(f'"{asked.sign_off}" was read as how you sign, and goes to nobody')
    because = (f"{team.me} asked what is possible",) if asked.has("help") else ()
    whole, undo = _unchanged(ticket, workflow, team, now, *because), list[str]()
    for act in _acts(asked, workflow, team, now, note=note, back_to=back_to, read_as=read_as):
        so_far = after(ticket, whole, now)
        decision = _decided(so_far, act, workflow, now)
        undo += _undo(act, so_far, decision, workflow)
        whole = _both(whole, decision)
    return Ordered(
        whole, read_as=tuple(read_as), undo=tuple(undo), note=note and bool(asked.words), help=asked.has("help")
    )


def _decided(ticket: Ticket, act: Act, workflow: Workflow, now: datetime) -> Decision:
    decision = decide_action(ticket, act, workflow, now)
    if decision.refused:
        raise Refused(decision.refused)
    return decision


def _unchanged(ticket: Ticket, workflow: Workflow, team: Team, now: datetime, *because: str) -> Decision:
    return replace(decide_action(ticket, Note(team.me), workflow, now), because=because)


def _possible(asked: Asked) -> None:
    """What cannot be done whatever the ticket is. Raises Refused."""
    for order in asked.orders:
        if not order.verb:
            raise Refused(f"there is no command #{order.written}: {mend(order.written, VERBS)}")
    if sum(order.verb in {"status", "close", "undo"} for order in asked.orders) > 1:
        raise Refused("one mail can set one status: write another mail for the second")
    if asked.has("note") and asked.has("reply"):
        raise Refused("words are a note or a reply: write one of #note and #reply")
    if asked.late:
        raise Refused(
            f"{asked.late} stands below your words: write commands above them, and notes in a mail of their own"
        )
    if not asked.words and (asked.has("note") or asked.has("reply")):
        raise Refused("there are no words below the commands")
    if not asked.orders and not asked.words:
        raise Refused("there is nothing above what your mail quotes: write your words, or a command, on top")


def _acts(
    asked: Asked, workflow: Workflow, team: Team, now: datetime, *, note: bool, back_to: str, read_as: list[str]
) -> list[Act]:
    """In the order of the mail; the words go last. Raises Refused."""
    says = bool(asked.words) and not note
    if says and repeats_ours(asked.words):
        raise Refused("your mail repeats ours among your words, and the client would get it: send it without our mail")
    acts: list[Act] = []
    for order in asked.orders:
        match order.verb:
            case "status" | "close":
                status, until = _status(order, workflow, read_as), order.until()[1]
                when = _when(until, now, workflow.zone) if until else None
                acts.append(SetStatus(status.key, team.me, until=when, says=says))
            case "assign":
                if not order.about:
                    raise Refused(f"say to whom: {VERBS['assign']}")
                acts.append(Assign("" if order.about.casefold() in NOBODY else team.named(order.about), team.me))
            case "people":
                acts.append(_part(order, team))
            case "undo":
                acts.append(Undo(team.me, back_to))
    spoken = any(isinstance(act, SetStatus) for act in acts)
    if says and not spoken:
        acts.append(Reply(team.me))
    return [*acts, Note(team.me)] if asked.words and note else acts


def _part(order: Order, team: Team) -> TakePart:
    """Who is to take part, or no more. Raises Refused."""
    word, _, text = order.about.partition(" ")
    found, defects = addresses.parse([text], 2)
    if word.lower() not in set(Part) or len(found) != 1 or defects or ":" in text:
        raise Refused(f"say whom: {VERBS['people']}")
    (who,) = found
    if reason := whose(team.ours, who.addr):
        raise Refused(f"{who.addr} is {reason}")
    return TakePart.of(Part(word.lower()), who, team.me, team.people)


def _status(order: Order, workflow: Workflow, read_as: list[str]) -> Status:
    """The status that is meant; one that is spelled nearly right is understood, and said. Raises Refused."""
    name = order.until()[0].strip("\"'“”„«»")
    of = [status for status in workflow.statuses.values() if order.verb == "status" or not status.open]
    found = workflow.named(name)
    if found is not None and found in of:
        return found
    names = [status.name for status in of]
    near = closest(name, names)
    if near and (status := workflow.named(near)):
        read_as.append(f'"{name}" was read as "{near}"')
        return status
    kind = "status" if order.verb == "status" else "closed status"
    raise Refused(
        f'there is no {kind} "{name[:80]}": they are {quoted(names)}' if name else f"say which: {quoted(names)}"
    )


def _when(text: str, now: datetime, zone: tzinfo) -> datetime | date:
    try:
        return moment(text, now, zone)
    except ValueError as error:
        raise Refused(str(error)) from None


def _undo(act: Act, before: Ticket, decision: Decision, workflow: Workflow) -> list[str]:
    match act:
        case Assign():
            return [f"#assign {before.assigned_to or 'nobody'}"]
        case TakePart():
            return [f"#people {_before(act)} {act.who.addr}"]
        case SetStatus() if decision.moved and before.status in workflow.statuses:
            return ["#undo"]
        case _:
            return []


def _before(act: TakePart) -> Part:
    """What makes somebody what they were."""
    if act.stands and act.stands.is_quiet:
        return Part.QUIET
    return Part.ADD if act.part is Part.REMOVE or (act.stands and act.stands.takes_part) else Part.REMOVE


def _both(first: Decision, second: Decision) -> Decision:
    """One after the other, as one change."""
    return replace(
        second,
        was=first.was,
        because=(*first.because, *second.because),
        notices=(*first.notices, *second.notices),
        people=(*first.people, *second.people),
        calls=first.calls or second.calls,
        forward=second.forward or first.forward,
    )


def _names(addr: str, name: str) -> set[str]:
    whole = name.casefold()
    return {addr.casefold(), addr.partition("@")[0].casefold(), whole, whole.partition(" ")[0]} - {""}
