"""Announcement: what another program is told of a ticket, signed as Standard Webhooks 1.0.0 says; and when it is tried again. Pure.

It names the ticket and how it stands, and holds no word that anybody wrote: whoever may read those asks the API.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from inbound.webhook import signature

PATIENCE = timedelta(days=3)
# After the n-th try, in seconds; the last stands for all that follow.
DELAYS = (30, 120, 600, 1800, 3600, 3 * 3600)
LONGEST_WISH = timedelta(hours=6)  # of a Retry-After


def body(type_: str, at: datetime, ticket: int, status: str, by: str, *, is_open: bool) -> bytes:
    """JSON, the same at each try. `status`: its name."""
    data = {"ticket": ticket, "status": status, "open": is_open, "by": by}
    moment = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({"type": type_, "timestamp": moment, "data": data}, ensure_ascii=False).encode()


def name(number: int, at: datetime) -> str:
    """The id of an event, the same at each try; with its moment in it, for a database that was put back counts again."""
    return f"e{number}-{int(at.timestamp())}"


def headers(key: bytes, id_: str, content: bytes, now: datetime) -> Mapping[str, str]:
    """Of this try: its time is part of what is signed, so that nobody can send it again later."""
    timestamp = str(int(now.timestamp()))
    return {
        "content-type": "application/json",
        "user-agent": "postroom",
        "webhook-id": id_,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(key, id_, timestamp, content).decode(),
    }


def next_try(
    attempts: int, at: datetime, now: datetime, jitter: float, wish: timedelta | None = None
) -> datetime | None:
    """When to try again after `attempts` failed ones; None means that it is given up.

    `jitter` is 0 ≤ x ≤ 1 by chance; `wish` is what the other side asks for.
    """
    if now - at >= PATIENCE:
        return None
    delay = timedelta(seconds=DELAYS[min(attempts, len(DELAYS)) - 1] * (1 + 0.2 * jitter))
    return now + max(delay, min(wish or timedelta(), LONGEST_WISH))
