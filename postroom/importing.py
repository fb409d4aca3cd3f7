"""Importing: mails of years ago become conversations, each judged by the clock of its own day. Nobody is written to, whoever settles them.

They are kept in the ledger under a folder of their own, by which `processing` knows them: an import that is cut off goes
on with the next one, or with the service.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inbound.fetching import EPOCH
from postroom.acting import changed
from postroom.app import App
from postroom.letters.letter import Letter, Trouble
from postroom.receiving import CLOCKS_APART
from store import folders, imported, sheets, tickets
from store.effect import Effect
from store.errors import Moved
from store.pending import Pending, Spent
from workflow.act import SetStatus
from workflow.decide import decide_action
from workflow.decision import Ticket
from workflow.machine import Workflow

BATCH, BATCH_BYTES = 200, 32 * 1024 * 1024
LAST = datetime.max.replace(tzinfo=UTC)
OLD = timedelta(days=14)  # a ticket on which nothing was written for so long before it came is closed
NO_ANSWER = "it was imported: it came before postroom did"


def is_imported(mail: Pending | Spent) -> bool:
    return mail.folder == imported.FOLDER


def then(app: App, mail: Pending) -> App:
    """The program on the day of the mail."""
    return replace(app, now=lambda: mail.received_at)


def silent(effect: Effect, ticket: Ticket | None) -> Effect:
    """The effect without a mail to anybody, without a timer that would write one, and without word of it to another program.

    `ticket` is as it was before; a timer of it that runs goes on.
    """
    kept = ticket.due_at if ticket and ticket.status == effect.decision.status else None
    verdict = (
        replace(effect.verdict, no_answer=NO_ANSWER) if effect.verdict and effect.verdict.answer else effect.verdict
    )
    return replace(
        effect,
        decision=replace(effect.decision, due_at=kept),
        verdict=verdict,
        outgoing=(),
        silent=True,
        then=silent(effect.then, None) if effect.then else None,
    )


def of_before(app: App, letters: Sequence[Letter]) -> list[Letter]:
    """Without what has come into a folder since postroom reads it: that is the service's to bring, and to answer."""
    read = {(box.name, name) for box in app.config.mailboxes for name in (box.settings.folder, *box.settings.folders)}
    with app.database.read() as tx:
        since = {one: at + CLOCKS_APART for one in read if (at := folders.since(tx, *one))}
    return [one for one in letters if (one.arrived_at or EPOCH) < since.get((one.mailbox, one.folder), LAST)]


def keep(app: App, mailbox: str, letters: Sequence[Letter], troubles: list[Trouble]) -> Iterator[tuple[int, int]]:
    """Keeps those that the mailbox has not brought yet; after each batch how many were read, and how many of them are new."""
    for batch in _batches(letters):
        found = [(raw, letter.received_at) for letter in batch if (raw := _read(letter, troubles)) is not None]
        with app.database.write() as tx:
            new = imported.keep(tx, mailbox, found, app.now())
        yield len(batch), new


def _batches(letters: Sequence[Letter]) -> Iterator[list[Letter]]:
    """So many together, or fewer large ones: all of a batch are in memory at once."""
    batch: list[Letter] = []
    size = 0
    for letter in letters:
        if batch and (len(batch) == BATCH or size + letter.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(letter)
        size += letter.size
    if batch:
        yield batch


def quiet(app: App) -> list[int]:
    """Imported tickets that were old when they came, and are open. What days that are over add up to is made again."""
    with app.database.write() as tx:
        sheets.forget(tx)
        return imported.quiet(tx, OLD)


def close(app: App, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Closes them; after each batch how many were looked at, and how many of them the workflow let go."""
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        yield len(batch), _close(app, batch)


def _close(app: App, numbers: Sequence[int]) -> int:
    """All that are still open in one transaction; where somebody was faster with one, each by itself."""
    at = app.now()
    with app.database.read() as tx:
        found = [ticket for number in numbers if (ticket := tickets.ticket(tx, number)) and _is_open(app, ticket)]
    effects = [effect for ticket in found if (effect := _closed(app, ticket, at))]
    try:
        with app.database.write() as tx:
            tickets.apply_all(tx, effects, app.limits)
    except Moved:
        return sum(_close(app, [number]) for number in numbers) if len(numbers) > 1 else 0
    return len(numbers) - len(found) + len(effects)


def _is_open(app: App, ticket: Ticket) -> bool:
    status = app.workflow(ticket.workflow).statuses.get(ticket.status)
    return status is None or status.open


def _closed(app: App, ticket: Ticket, at: datetime) -> Effect | None:
    """None where the workflow does not let it go."""
    workflow = app.workflow(ticket.workflow)
    for status in _ends(workflow, ticket.status):
        decision = decide_action(ticket, SetStatus(status, imported.BY), workflow, at)
        if not decision.refused:
            effect = changed(
                ticket, decision, workflow, at, by=imported.BY, outgoing=(), note="Closed: it was imported."
            )
            return silent(effect, ticket)
    return None


def _ends(workflow: Workflow, status: str) -> list[str]:
    """The closed statuses that a ticket may have next; the one that the workflow names for imports first."""
    here = workflow.statuses.get(status)
    closed = [one.key for one in workflow.statuses.values() if not one.open and (here is None or one.key in here.moves)]
    return sorted(closed, key=lambda key: key != workflow.imported)


def _read(letter: Letter, troubles: list[Trouble]) -> bytes | None:
    try:
        return letter.read()
    except OSError as error:
        troubles.append(Trouble(letter.where, f"cannot be read: {error.strerror}"))
        return None
