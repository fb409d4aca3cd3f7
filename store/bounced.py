"""What a bounce does to the outgoing mail that it is about. Only one that returns a signed id of ours gets here (S22)."""

from sqlalchemy import bindparam, update

from classifier.verdict import Kind
from outbound.outbox import State
from store.columns import Key
from store.database import Transaction
from store.effect import Effect
from store.tables import outbox

_of = outbox.c
_BOUNCED = (
    update(outbox)
    # Also one whose outcome is not recorded yet, or never will be: the report is the better witness.
    .where(
        _of.message_id == bindparam("returned", type_=Key),
        _of.ticket == bindparam("on_ticket"),
        _of.state.in_([State.SENT.value, State.UNKNOWN.value, State.SENDING.value]),
    )
    .values(state=State.BOUNCED, next_at=None, last_answer=bindparam("said"))
)


def mark(tx: Transaction, effect: Effect) -> None:
    """A permanent failure (RFC 3464 §2.3.3, status 5.y.z) makes the returned mail `bounced`; a delay changes nothing."""
    verdict, report = effect.verdict, effect.message.report if effect.message else None
    if verdict is None or verdict.kind is not Kind.BOUNCE or report is None or not report.original_message_id:
        return
    if "failed" in report.actions and any(status.startswith("5.") for status in report.statuses):
        said = " ".join((*report.statuses, *report.diagnostics))[:500]
        values = {"returned": report.original_message_id, "on_ticket": effect.ticket, "said": said}
        tx.execute(_BOUNCED, values)
