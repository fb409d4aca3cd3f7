"""Workflow: a team's statuses, timers and moves, as its file says them. Holds values only; `load` reads, `lint` proves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from enum import StrEnum

from classifier.verdict import Kind, What
from workflow.calendar import EVERY_DAY, Calendar

REPLY = "reply"  # the notice that brings a staff member's own words to the client; every workflow has it


class Ball(StrEnum):
    """Who has to do something next."""

    US = "us"
    CLIENT = "client"
    THIRD_PARTY = "third-party"
    NOBODY = "nobody"


class Event(StrEnum):
    """What can happen to a ticket. A mail's kind is an event of the same name; the rest come from people and clocks."""

    CLIENT_REPLY = "client_reply"
    THANKS = "thanks"  # a client's reply that only says thanks
    APPROVAL = "approval"  # a client's reply that only says yes; a client_reply where a status has no move for it
    CC_ONLY = "cc_only"  # a person's mail on the ticket with support only in Cc
    ESCALATION = "escalation"
    STAFF_REPLY = "staff_reply"
    TEAM_REPLY = "team_reply"  # the team that it was forwarded to answers
    THIRD_PARTY_REPLY = "third_party_reply"  # of who takes part and is not of the client's domain; else a client_reply
    OUT_OF_OFFICE = "out_of_office"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    CALENDAR = "calendar"
    BULK = "bulk"
    SPAM = "spam"
    NOTIFICATION = "notification"
    SYSTEM_REPORT = "system_report"


class Choice(StrEnum):
    """What a client may say with one click in a mail. Their words, in each language, stand in templates/words.toml."""

    APPROVE = "approve"
    NOT_YET = "not_yet"
    FOUND_SOLUTION = "found_solution"
    NO_LONGER_NEEDED = "no_longer_needed"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


NOT_MEANT = "not_meant"  # the link by which a client takes back what their words were taken for; every workflow has it


@dataclass(frozen=True, slots=True)
class Move:
    """What follows an event: the status to go to, and the notice that the client is sent."""

    to: str  # a status key; the status's own where it stays
    client: str = ""  # name of a notice, "" for none
    tag: str = ""  # put on the ticket, e.g. "deploy-request"; "" for none


@dataclass(frozen=True, slots=True)
class Timer:
    """Leads to another status when time runs out: `after` days in the status, or on the date that staff set.

    `remind` before the end the client gets the notice `reminder`, and the ticket stays.
    """

    to: str
    after: timedelta | None = None  # days of its calendar; None: on the ticket's own date
    client: str = ""  # the notice that goes with it; "" takes the entry notice of `to`
    remind: timedelta | None = None  # shorter than `after`; None: nobody is reminded
    reminder: str = ""  # name of a notice; "" exactly where `remind` is None
    calendar: Calendar = EVERY_DAY  # which days count


@dataclass(frozen=True, slots=True)
class Status:
    """One status, names to the letter as its owner wrote them."""

    key: str
    name: str
    open: bool
    ball: Ball
    client_meaning: str
    staff_meaning: str
    colour: str
    on: Mapping[Event, Move]
    timer: Timer | None = None
    notify: str = ""  # the notice that the client gets on entry by staff or timer; "" for none
    appointment: Move | None = None  # it is one: where it goes when the client does not come, and how staff drop it
    needs_date: bool = False  # staff must give a date when they set it
    needs_words: bool = False  # staff must tell the client in words of their own
    moves: frozenset[str] = frozenset()  # keys that staff may move it to
    forward: str = ""  # the team, as the configuration names it, that gets the conversation on entry; "" for none
    always_reopens: bool = False  # closed, and a client's reply reopens it at any age
    meanings: Mapping[str, str] = field(
        default_factory=dict
    )  # what clients read, by language; English is client_meaning


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a state of a linked issue leads, and out of which statuses."""

    to: str  # a status key
    from_: frozenset[str]  # keys


@dataclass(frozen=True, slots=True)
class Workflow:
    """A whole workflow, linted. Statuses in the order of the file."""

    name: str
    title: str
    initial: str
    reopen: timedelta  # the window in which a client's reply reopens a closed ticket
    opens: Mapping[Kind, Move]  # which kinds open a ticket, in which status, with which first answer
    statuses: Mapping[str, Status]
    notices: Mapping[str, "Form"]  # every notice that the file uses
    zone: tzinfo = UTC  # the team's: a day without a time is a day there
    choices: Mapping[Choice, Move] = field(
        default_factory=dict
    )  # what follows from each; `to` is "" where the ticket stays
    offers: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)  # which notice offers which choices
    linked: Mapping[str, Lead] = field(default_factory=dict)  # by states of issues, as workflow.issue.state has them
    trusts: frozenset[What] = frozenset()  # hints that are taken for a choice (workflow.hinting)
    unreachable: str = ""  # where an open ticket goes when every address of its client returns our mail; "" for nowhere
    imported: str = ""  # where an old ticket goes that came with an import; "" for any closed status that it may have
    no_request: str = ""  # where a ticket goes of which staff say that its mail is spam or the like; "" for nowhere

    def named(self, text: str) -> Status | None:
        """The status of that key or name, in any case; None if there is none."""
        wanted = text.strip().casefold()
        return next((s for s in self.statuses.values() if wanted in {s.key, s.name.casefold()}), None)


@dataclass(frozen=True, slots=True)
class Form:
    """How a notice goes out."""

    name: str  # the folder below templates/mail/<workflow>/
    nature: "Nature"


class Nature(StrEnum):
    """What kind of mail a notice is; its headers, limits and retries follow from it (docs: Decided, Automatic mail)."""

    ACKNOWLEDGEMENT = "acknowledgement"  # automatic answer to a mail: limited, never sent again when unsure
    AUTOMATIC = "automatic"  # from a timer or a change of status; says so in its headers
    PERSONAL = "personal"  # a person wrote it, or it asks the client: no Auto-Submitted
    STAFF = "staff"  # to staff, and what somebody has just asked for on a page: automatic, not limited
    DIGEST = "digest"  # to staff, once a day: never sent again when unsure, since the next one covers its days, too
