"""[linked] of a workflow file: where each state of a linked issue leads, and out of which statuses. It reads, and proves nothing."""

from collections.abc import Mapping

from workflow.draft import Mention, Table
from workflow.issue import state
from workflow.machine import Ball, Lead, Status
from workflow.read_moves import status_of

LINKED = "linked"


def read_linked(top: Table, statuses: Mapping[str, Status]) -> dict[str, Lead]:
    """By state, in the order of the file."""
    table = top.table(LINKED, "a table [linked]", needed=False)
    found = {word: _lead(table, word, statuses) for word in table}
    table.close()
    return found


def _lead(parent: Table, word: str, statuses: Mapping[str, Status]) -> Lead:
    _check_state(parent, word)
    table = parent.table(word, f'{word} = {{ to = "…" }}')
    to = status_of(table, needed=True, use=f"{word} leads to")
    named = table.words("from")
    for name in named:
        table.draft.statuses.append(Mention((*table.path, "from", name), f"{word} comes from", name))
    table.close()
    return Lead(to, frozenset(named) if named else _by_itself(to, statuses))


def _by_itself(to: str, statuses: Mapping[str, Status]) -> frozenset[str]:
    """Where nothing is said: the open statuses from which staff may set it, but for those in which the client has to act."""
    return frozenset(
        key for key, status in statuses.items() if status.open and status.ball is not Ball.CLIENT and to in status.moves
    )


def _check_state(table: Table, word: str) -> None:
    try:
        right = state(word)
    except ValueError:
        right = "started"
    if right != word:
        table.draft.complain((*table.path, word), f'"{word}" is never what a state is compared by', f"write {right}")
