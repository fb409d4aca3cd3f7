"""The choices of a workflow file: what a client may say with one click, where it leads, and which notices offer it."""

from workflow.draft import Mention, Table
from workflow.machine import Choice, Move
from workflow.spelling import mend

CHOICES, OFFERS = "choices", "offers"


def read_choices(top: Table) -> dict[Choice, Move]:
    """What follows from each. One without `to` leaves the ticket where it is."""
    table = top.table(CHOICES, "a table [choices]", needed=False)
    table.knows(*Choice)
    found = {choice: _move(table, choice) for choice in Choice if choice in table}
    table.close()
    return found


def read_offers(top: Table) -> dict[str, tuple[Choice, ...]]:
    """Notices with their choices, in the order of the file."""
    table = top.table(OFFERS, "a table [offers]", needed=False)
    found = {name: tuple(_named(table, name)) for name in table}
    for name in table:
        table.draft.offers.append(Mention((*table.path, name), "offers", name))
    table.close()
    return found


def _move(table: Table, choice: Choice) -> Move:
    inner = table.table(choice, f'{choice} = {{ to = "…" }}')
    to = inner.text("to", needed=False)
    if to:
        inner.draft.statuses.append(Mention((*inner.path, "to"), f"{choice} leads to", to))
    found = Move(to, tag=inner.text("tag", needed=False))
    inner.close()
    return found


def _named(table: Table, name: str) -> list[Choice]:
    words = table.words(name)
    for word in words:
        if word not in set(Choice):
            table.draft.complain((*table.path, name), f'{name} offers "{word}", which is no choice', mend(word, Choice))
    return [Choice(word) for word in words if word in set(Choice)]
