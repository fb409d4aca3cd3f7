"""Ending: a sign-in that will be good for nothing on a known day, told while there is time to mend it. Pure."""

from datetime import UTC, datetime, time, timedelta

from postroom.oauth.access import OAuth
from postroom.oauth.grant import Grant

SOON = timedelta(days=14)


def ending(oauth: OAuth, kept: Grant | None, now: datetime) -> str:
    """What ends within two weeks, or has ended, and the mend; "" for nothing that is known."""
    ends = datetime.combine(oauth.ends, time(), UTC) if oauth.ends else None
    if ends and now > ends - SOON:
        what = "certificate" if oauth.certificate else "client secret"
        return f"the {what} of sign-in {oauth.name} ends on {oauth.ends}: make a new one at the provider"
    if kept and kept.ends and now > kept.ends - SOON:
        return f"sign-in {oauth.name} ends on {kept.ends.date()}: run postroom sign-in {oauth.name}"
    return ""
