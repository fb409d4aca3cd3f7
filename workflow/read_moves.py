"""The parts of a workflow file that lead somewhere: events, moves, timers. It reads them, and proves nothing."""

from datetime import timedelta

from workflow.calendar import CALENDAR, EVERY_DAY, Calendar
from workflow.draft import Mention, Table
from workflow.machine import Event, Move, Timer
from workflow.spelling import mend

# Only people's mail moves a ticket (workflows.md, "What holds in every workflow").
MOVERS = (
    Event.CLIENT_REPLY,
    Event.THANKS,
    Event.APPROVAL,
    Event.CC_ONLY,
    Event.ESCALATION,
    Event.STAFF_REPLY,
    Event.TEAM_REPLY,
    Event.THIRD_PARTY_REPLY,
)

Moves = dict[Event, Move]


def events(table: Table, here: str) -> Moves:
    """The moves of a table of events; a move without `to` stays `here`."""
    table.knows(*MOVERS)
    for event in Event:
        if event in table and event not in MOVERS:
            table.knows(event)
            problem = f"{event} has a move, but a machine's mail moves no ticket"
            table.draft.complain((*table.path, event), problem, "take it away")
    moves = {event: move(table, event, here) for event in MOVERS if event in table}
    table.close()
    return moves


def move(parent: Table, key: str, here: str) -> Move:
    """What follows one event; what opens a ticket has to lead somewhere."""
    table = parent.table(key, f'{key} = {{ to = "…" }}')
    to = status_of(table, needed=parent.path == ("opens",), use=f"{key} leads to")
    client = table.text("tell_client", needed=False)
    if client and key == Event.STAFF_REPLY:
        problem = "staff_reply tells the client, who gets the staff member's own words already"
        table.draft.complain((*table.path, "tell_client"), problem, "take tell_client away")
    elif client:
        table.draft.answers.append(Mention((*table.path, "tell_client"), f"{key} tells", client))
    found = Move(to or here, client, table.text("tag", needed=False))
    table.close()
    return found


def stays(shared: Move, key: str) -> Move:
    """A move of a whole side as one status has it."""
    return shared if shared.to else Move(key, shared.client, shared.tag)


def timer(status: Table) -> Timer | None:
    """The timer of a status, if it has one."""
    status.knows("timer")
    if "timer" not in status:
        return None
    table = status.table("timer", 'timer = { after_days = 21, to = "…" }')
    to = status_of(table, needed=True, use="timer leads to")
    after, client = _after(table), tidings(table, "timer tells")
    reminder = tidings(table, "timer reminds with", "remind_client")
    found = Timer(to, after, client, _remind(table, after, reminder), reminder, _calendar(table))
    table.close()
    return found


def tidings(table: Table, use: str, key: str = "tell_client") -> str:
    """The notice that a change by staff or a timer sends to the client."""
    name = table.text(key, needed=False)
    if name:
        table.draft.tidings.append(Mention((*table.path, key), use, name))
    return name


def targets(table: Table, key: str) -> frozenset[str]:
    """A list of statuses that staff may set."""
    names = table.words(key)
    for name in names:
        table.draft.statuses.append(Mention((*table.path, key, name), f"{key} lists", name))
    return frozenset(names)


def status_of(table: Table, *, needed: bool, use: str) -> str:
    to = table.text("to", needed=needed)
    if to:
        table.draft.statuses.append(Mention((*table.path, "to"), use, to))
    return to


def _after(table: Table) -> timedelta | None:
    """How long a timer runs; None where it waits for the ticket's own date."""
    if not table.flag("on_date", needed=False):
        return table.days("after_days", "21, or on_date = true")
    for key in ("after_days", "calendar"):
        table.knows(key)
        if key in table:
            table.draft.complain((*table.path, key), f"timer has both {key} and on_date", "keep one of the two")
    return None


def _calendar(table: Table) -> Calendar:
    """Which days count. Without a configuration every name is as good as any: nobody waits for that timer."""
    name, known = table.text("calendar", f'"{CALENDAR}"', needed=False), table.draft.calendars
    if not name or name == CALENDAR or known is None:
        return EVERY_DAY
    if name not in known:
        problem = f'timer has the calendar "{name}", which the configuration does not have'
        choice = mend(name, [CALENDAR, *known])
        table.draft.complain((*table.path, "calendar"), problem, f"add [calendar.{name}] to postroom.toml, or {choice}")
    return known.get(name, EVERY_DAY)


def _remind(table: Table, after: timedelta | None, reminder: str) -> timedelta | None:
    """How long before the end the client is reminded; the days and the notice stand together, or not at all."""
    table.knows("remind_days_before")
    if "remind_days_before" not in table and not reminder:
        return None
    if "remind_client" not in table:
        table.draft.complain(
            (*table.path, "remind_client"), "timer reminds without a notice", 'add remind_client = "…"'
        )
    remind = table.days("remind_days_before", "7")
    if after is not None and remind >= after and not table.draft.doubts((*table.path, "after_days")):
        problem = f"timer reminds {remind.days} days before its end, and runs for {after.days}"
        mending = "remind later, or let it run longer"
        table.draft.complain((*table.path, "remind_days_before"), problem, mending)
    return remind
