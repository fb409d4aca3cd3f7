"""The proofs that a workflow can run: nothing leads nowhere, nothing waits for ever. Pure; it reads no file."""

from collections.abc import Collection, Iterator

from workflow.draft import Draft
from workflow.fault import Complaint
from workflow.lint_linked import unfollowed
from workflow.lint_notices import unsent
from workflow.machine import Ball, Event, Status, Workflow
from workflow.spelling import mend

# A fault in one of these says nothing about where tickets can go; after any other, a status may
# seem unreachable only because of the first fault.
_WORDS = {"name", "title", "colour", "meaning_for_clients", "meaning_for_staff", "tell_client", "tag"}


def lint(workflow: Workflow, draft: Draft, templates: Collection[str]) -> tuple[Complaint, ...]:
    """Every fault of a workflow, those of its draft first. `templates` are the notices that have one."""
    draft.complaints.extend(_targets(workflow, draft))
    sound = all(set(_WORDS) & set(complaint.path[-1:]) for complaint in draft.complaints)
    found = [*_names(workflow), *unsent(workflow, draft, templates)]
    found += [*_initial(workflow, draft), *_aside(workflow, draft), *_local(workflow, draft), *_loops(workflow)]
    found += unfollowed(workflow, draft)
    if sound:
        found += [*_unreachable(workflow), *_dead_ends(workflow)]
    return (*draft.complaints, *found)


def _targets(workflow: Workflow, draft: Draft) -> Iterator[Complaint]:
    for mention in draft.statuses:
        if mention.name not in workflow.statuses:
            problem = f'{mention.use} "{mention.name}", which does not exist'
            yield Complaint(mention.path, problem, mend(mention.name, workflow.statuses))
        elif mention.path[-1] in {"to", "initial", "unreachable", "no_request", "imported"}:
            for need in _needs(workflow.statuses[mention.name], draft):
                what = {"needs_date": "a date", "needs_words": "words"}[need]
                problem = f'{mention.use} "{mention.name}", which needs {what} that only staff can give'
                yield Complaint(mention.path, problem, f"lead it elsewhere, or write {need} = false there")


def _needs(status: Status, draft: Draft) -> Iterator[str]:
    """What only staff can give, by its key."""
    for key, needed in (("needs_date", status.needs_date), ("needs_words", status.needs_words)):
        if needed and not draft.doubts(("status", status.key, key)):
            yield key


def _names(workflow: Workflow) -> Iterator[Complaint]:
    """A name or key by which staff could mean two statuses."""
    first: dict[str, str] = {}
    for status in workflow.statuses.values():
        for word in {status.key, status.name.casefold()} - {""}:
            other = first.setdefault(word, status.key)
            if other != status.key:
                problem = f'the name "{status.name}" is that of status "{other}", too'
                yield Complaint(("status", status.key, "name"), problem, "give each status a name of its own")


def _initial(workflow: Workflow, draft: Draft) -> Iterator[Complaint]:
    status = workflow.statuses.get(workflow.initial)
    if status and not status.open and not draft.doubts(("status", status.key, "open")):
        problem = f'initial is "{status.key}", which is closed'
        yield Complaint(("initial",), problem, "name an open status")


def _aside(workflow: Workflow, draft: Draft) -> Iterator[Complaint]:
    for key, named in (("no_request", workflow.no_request), ("imported", workflow.imported)):
        status = workflow.statuses.get(named)
        if status and status.open and not draft.doubts(("status", status.key, "open")):
            yield Complaint((key,), f'{key} is "{status.key}", which is open', "name a closed status")


def _local(workflow: Workflow, draft: Draft) -> Iterator[Complaint]:
    """What can be said of one status by itself."""
    for status in workflow.statuses.values():
        path = ("status", status.key)
        if not draft.doubts(path, (*path, "open"), (*path, "ball_with")):
            yield from _side(status)
            yield from _timer(status)
            yield from _deaf(status, draft)


def _side(status: Status) -> Iterator[Complaint]:
    path = ("status", status.key, "ball_with")
    if status.open and status.ball is Ball.NOBODY:
        yield Complaint(path, "it is open, but the ball is with nobody", "say who acts next, or write open = false")
    if not status.open and status.ball is not Ball.NOBODY:
        problem = f"it is closed, but the ball is with {status.ball}"
        yield Complaint(path, problem, 'write ball_with = "nobody", or open = true')
    if status.open and status.always_reopens:
        problem = "it is open, so that nothing reopens it"
        yield Complaint(("status", status.key, "always_reopens"), problem, "take always_reopens away")


def _timer(status: Status) -> Iterator[Complaint]:
    path = ("status", status.key, "timer")
    if status.timer and not status.open:
        yield Complaint(path, "timer on a closed status", "take the timer away, or write open = true")
    elif status.timer and status.ball is Ball.US:
        problem = "timer runs while the ball is with us"
        yield Complaint(path, problem, "take the timer away, or say whom the ticket waits for in ball_with")


def _deaf(status: Status, draft: Draft) -> Iterator[Complaint]:
    """Where the client is to answer, and on closed tickets, a reply has to lead somewhere."""
    move = status.on.get(Event.CLIENT_REPLY)
    if draft.doubts_below(("ball_with",)) or draft.doubts_below(("status", status.key, "on")):
        return
    if status.ball in {Ball.CLIENT, Ball.NOBODY} and (move is None or move.to == status.key):
        mending = f'add client_reply = {{ to = "…" }} to [ball_with.{status.ball}]'
        yield Complaint(("status", status.key), "a client's reply leads nowhere", mending)


def _loops(workflow: Workflow) -> Iterator[Complaint]:
    """Timers that lead back to where they began; each loop is told once."""
    told: set[str] = set()
    for key in workflow.statuses:
        round_trip = _timers_from(workflow, key)
        if round_trip[-1] == key and len(round_trip) > 1 and not told & set(round_trip):
            told |= set(round_trip)
            problem = f"timers lead in a loop: {' > '.join(round_trip)}"
            yield Complaint(("status", key, "timer"), problem, "let one of them lead out")


def _timers_from(workflow: Workflow, key: str) -> list[str]:
    """The statuses that timers alone lead to, up to the first that comes again or has no timer."""
    walk = [key]
    while (status := workflow.statuses.get(walk[-1])) and status.timer:
        walk.append(status.timer.to)
        if walk[-1] in walk[:-1]:
            break
    return walk


def _unreachable(workflow: Workflow) -> Iterator[Complaint]:
    reached: set[str] = set()
    ahead = {
        workflow.initial,
        workflow.unreachable,
        workflow.no_request,
        *(move.to for move in (*workflow.opens.values(), *workflow.choices.values())),
    }
    while ahead := (ahead & workflow.statuses.keys()) - reached:
        reached |= ahead
        ahead = {key for here in ahead for key in _exits(workflow.statuses[here], workflow)}
    for key in workflow.statuses:
        if key not in reached:
            mending = "add it to [moves] anywhere, or to the moves of another status"
            yield Complaint(("status", key), "no ticket can ever reach it", mending)


def _dead_ends(workflow: Workflow) -> Iterator[Complaint]:
    for status in workflow.statuses.values():
        if status.open and not _exits(status, workflow):
            mending = "add moves, a timer, or what a mail does here (on)"
            yield Complaint(("status", status.key), "it is open, and nothing leads out of it", mending)


def _exits(status: Status, workflow: Workflow) -> set[str]:
    timed = {status.timer.to} if status.timer else set()
    dropped = {status.appointment.to} if status.appointment else set()
    led = {lead.to for lead in workflow.linked.values() if status.key in lead.from_}
    return ({move.to for move in status.on.values()} | status.moves | timed | dropped | led) - {status.key}
