"""Who hears what: the notices of a decision, and those that go to the colleagues of its client as well. Pure; it knows nobody's address.

Each gets a mail of their own: nobody reads who else is written to. docs/people.md has the whole table.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from inbound.message import Address
from workflow.decision import Audience, Notice
from workflow.machine import REPLY, Nature


class Tell(StrEnum):
    """What colleagues hear who take part in a ticket, as the team chooses."""

    ANSWERS = "answers"  # what one of us writes
    ALL = "all"  # each change of status, too
    NOTHING = "nothing"


# An acknowledgement answers whoever wrote, and nobody else.
_HEARD: Mapping[Tell, Callable[[Notice], bool]] = {
    Tell.ANSWERS: lambda notice: notice.name == REPLY,
    Tell.ALL: lambda notice: notice.nature is not Nature.ACKNOWLEDGEMENT,
    Tell.NOTHING: lambda _: False,
}


def heard(notices: Sequence[Notice], colleagues: Sequence[Address], tell: Tell) -> Iterator[Notice]:
    """The notices, the requester's first, then a copy of each that concerns colleagues for each of them."""
    yield from notices
    for notice in shared(notices, tell):
        yield from (replace(notice, recipient=who) for who in colleagues)


def shared(notices: Sequence[Notice], tell: Tell) -> list[Notice]:
    """Those that colleagues hear, too."""
    return [one for one in notices if one.audience is Audience.CLIENT and _HEARD[tell](one)]
