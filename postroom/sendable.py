"""Sendable: whether a mail that a person wrote can leave at all, asked before it is queued. It sends nothing."""

from collections.abc import Sequence

from outbound.outbox import Queued, State
from postroom.app import App
from store import capacity

LARGEST = 50 * 2**20  # octets of a mail, whatever the server says


def room(app: App) -> int:
    """How large a mail may be, in octets, as far as its server has said."""
    return app.database.glance(lambda tx: capacity.largest(tx, app.config.smtp_name)) or LARGEST


def unsendable(app: App, outgoing: Sequence[Queued]) -> str:
    """Why the words would not leave, in one line; "" where they can. They are nowhere else than in these mails."""
    if bad := [one for one in outgoing if one.state is State.FAILED_RENDER]:
        return f"the answer cannot be written: {bad[0].reason}"
    most = room(app)
    size = max((len(one.raw) for one in outgoing), default=0)
    if size <= min(most, LARGEST):
        return ""
    said = f"{app.config.settings.smtp.host} takes {most}" if most < LARGEST else f"at most {LARGEST} can be sent"
    return f"the mail has {size} octets, and {said}: attach less, or send a link"
