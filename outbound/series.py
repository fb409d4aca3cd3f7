"""Series: the mails that go out by themselves, again and again, and that their reader can be taken off. Pure."""

from enum import StrEnum

from workflow.machine import Nature


class Series(StrEnum):
    """Each is known to its reader by this word; staff's are those of `notify`, `digest` and `weekly` in postroom.toml."""

    STATUS = "status"  # a client's: that a ticket of theirs has another status, and reminders
    DIGEST = "digest"
    WEEK = "week"
    NEW = "new"
    REPLIED = "replied"
    ESCALATED = "escalated"
    ASSIGNED = "assigned"


def series_of(nature: Nature, notice: str) -> Series | None:
    """Which series a mail is one of; None for what a person wrote, and for what answers its reader."""
    if nature is Nature.AUTOMATIC:
        return Series.STATUS
    ours = nature in {Nature.STAFF, Nature.DIGEST} and notice in set(Series) - {Series.STATUS}
    return Series(notice) if ours else None
