"""The choices of a workflow file: what a client may say with one click, where it leads, which notices offer it, and which words count for it."""

from collections.abc import Collection

from classifier.verdict import What
from workflow.draft import Mention, Table
from workflow.hinting import MEANS
from workflow.machine import Choice, Move
from workflow.spelling import mend

CHOICES, OFFERS, HINTS = "choices", "offers", "hints"


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


def read_trusts(top: Table, choices: Collection[Choice]) -> frozenset[What]:
    """The hints that are taken for a choice: each has to have one that leads somewhere."""
    table = top.table(HINTS, "a table [hints]", needed=False)
    known = tuple(what for what in What if what in MEANS)
    found = table.words("trust")
    for word in found:
        path = (*table.path, "trust")
        if word not in known:
            table.draft.complain(path, f'trust names "{word}", which is no hint that can be trusted', mend(word, known))
        elif not set(MEANS[What(word)]) & set(choices):
            problem = f'trust names "{word}", which no choice answers'
            table.draft.complain(path, problem, f'add {MEANS[What(word)][0]} = {{ to = "…" }} to [choices]')
    table.close()
    return frozenset(What(word) for word in found if word in known)


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
