"""A reply whose hints the team trusts is taken for the click that its words mean. Pure look-up; the classifier has judged the words."""

from dataclasses import replace
from datetime import datetime

from classifier.verdict import Hint, Kind, Verdict, What
from workflow.change import enter, tagged
from workflow.decision import Decision, Ticket
from workflow.machine import Choice, Move, Status, Workflow
from workflow.opening import answer, withheld

# Which clicks a hint may stand for, the first that the ticket's status offers. None deploys: that a person does.
MEANS = {
    What.APPROVAL: (Choice.APPROVE,),
    What.GO_AHEAD: (Choice.APPROVE,),
    What.SOLVED: (Choice.FOUND_SOLUTION, Choice.APPROVE),
    What.NOT_NEEDED: (Choice.NO_LONGER_NEEDED,),
}


def meant(status: Status, verdict: Verdict, workflow: Workflow) -> Choice | None:
    """The click that the requester's reply stands for; None where it is for staff to read.

    All that it hints at has to be trusted and lead to one status, which the mail of the ticket's own status offers.
    """
    if not (verdict.firm and verdict.kind is Kind.CLIENT_REPLY and not verdict.pending):
        return None
    choices = [_choice(hint, status, workflow) for hint in verdict.hints]
    first = choices[0] if choices else None
    led = {workflow.choices[choice].to if choice else "" for choice in choices}
    return first if len(led) == 1 and led <= workflow.statuses.keys() - {status.key} else None


def take(
    ticket: Ticket, status: Status, choice: Choice, verdict: Verdict, workflow: Workflow, now: datetime
) -> Decision:
    """What that click does; the client hears of it as of any change, with a way to say that it is not what they meant."""
    move = workflow.choices[choice]
    target, hint = workflow.statuses[move.to], verdict.hints[0]
    told = Move(target.key, client="" if ticket.silent else target.notify)
    because = f'"{hint.words}" is taken for "{choice}", as [hints] of the workflow says: it moves "{status.name}" to "{target.name}"'
    return replace(
        enter(ticket, target, now, (because, *withheld(told, verdict))),
        notices=answer(told, workflow, verdict, ticket.requester),
        tags=tagged(ticket.tags, move.tag),
        taken_for=choice,
    )


def _choice(hint: Hint, status: Status, workflow: Workflow) -> Choice | None:
    if hint.what not in workflow.trusts:
        return None
    offered = workflow.offers.get(status.notify, ())
    return next((choice for choice in MEANS[hint.what] if choice in offered and choice in workflow.choices), None)
