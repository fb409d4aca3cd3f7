"""Priority: what can wait lets the mail go first, where both want a processor. It changes nothing but that."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LOW = 15  # of 19: a thirtieth of what an ordinary process gets


@contextmanager
def behind() -> Iterator[None]:
    """Of the thread that asks, and of what it starts. Afterwards as before, where the system lets it."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, max(before, LOW))
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, before)
