"""When an outgoing mail is tried again, and when no more. Pure; the shell brings clock and chance."""

from datetime import datetime, timedelta

from outbound.outbox import State
from workflow.machine import Nature

# After the n-th attempt, in minutes; the last stands for all that follow. With the jitter of a fifth
# the last two stay within 2 to 4 hours. RFC 5321 §4.5.4.1 asks for at least 30 minutes "in general"
# and leaves a quicker start open.
DELAYS_MINUTES = (1, 5, 15, 30, 60, 150, 200)
JITTER = 0.2
LONGEST_HOLD = timedelta(minutes=1)  # in which what a person sends can be taken back
LONGEST_DELAY = timedelta(minutes=max(DELAYS_MINUTES) * (1 + JITTER))

# How long a mail is worth trying (RFC 5321 §4.5.4.1: four to five days). A late acknowledgement only confuses, and a
# digest that is a day late stands beside the next one.
PATIENCE = {
    Nature.ACKNOWLEDGEMENT: timedelta(hours=24),
    Nature.AUTOMATIC: timedelta(days=5),
    Nature.PERSONAL: timedelta(days=5),
    Nature.STAFF: timedelta(days=5),
    Nature.DIGEST: timedelta(hours=24),
}

HOLD = timedelta(hours=4)  # an acknowledgement that is held; later it would only confuse

# How often a mail may be sent once more, with the same bytes, when nobody can tell whether it was accepted.
SECOND_CHANCES = {
    Nature.ACKNOWLEDGEMENT: 0,
    Nature.AUTOMATIC: 1,
    Nature.PERSONAL: 1,
    Nature.STAFF: 1,
    Nature.DIGEST: 0,
}


def next_try(attempts: int, queued_at: datetime, nature: Nature, now: datetime, jitter: float) -> datetime | None:
    """When to try again after `attempts` failed ones; None means that it is given up.

    `jitter` is 0 ≤ x ≤ 1 by chance. The last try is made when the patience ends, never later.
    """
    end = queued_at + PATIENCE[nature]
    if now >= end:
        return None
    return min(now + _delay(attempts) * (1 + JITTER * (2 * jitter - 1)), end)


def expires(nature: Nature, held_at: datetime) -> datetime | None:
    """When a mail that is held is given up; None: it waits for staff as long as it takes."""
    return held_at + HOLD if nature is Nature.ACKNOWLEDGEMENT else None


def settle(nature: Nature, unknowns: int) -> State:
    """What becomes of a mail that has now ended unknown `unknowns` times: RETRY, or UNKNOWN for good.

    Attempts that ended otherwise do not count: they were certainly not accepted.
    """
    return State.RETRY if unknowns <= SECOND_CHANCES[nature] else State.UNKNOWN


def _delay(attempts: int) -> timedelta:
    place = min(max(attempts, 1), len(DELAYS_MINUTES)) - 1
    return timedelta(minutes=DELAYS_MINUTES[place])
