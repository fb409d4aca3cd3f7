"""Facts: all that a mail may say, and the names under which templates find it. It never decides what is sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from inbound.message import Address
from outbound.file import File
from outbound.headers import clean_header
from outbound.invitation import Invitation
from outbound.phrasebook import say
from outbound.pictures import of_files
from outbound.summary import Summary
from outbound.wording import ENGLISH
from workflow.decision import Audience, Notice, Ticket
from workflow.machine import REPLY, Nature, Status

LONGEST_READ = 2000  # characters of a subject
SUBJECT_LENGTH = 150  # leaves room for "Re: " and the tag
TAG = re.compile(r"\[#\d*\]")
PREFIXES = re.compile(r"^(?:(?:re|aw|antw|fwd?|wg|sv|vs|tr|rif)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one mail is rendered from. The ticket, its dates included, is as it stands after the decision.

    Times are aware; ids keep their angle brackets. A notice to staff may be about no ticket.
    """

    message_id: str
    date: datetime
    sender: Address  # From
    team: str  # how the team signs
    zone: tzinfo  # in which every date is shown
    ticket: Ticket | None = None
    status: Status | None = None
    was: Status | None = None  # None where the ticket was opened by this
    reopen: timedelta = timedelta()  # how long a reply reopens a closed ticket; 0: it does not
    reply_to: str = ""  # addr-spec with its token, "" where tokens are off
    begins: bool = False  # it answers no mail: it is the first of its conversation
    in_reply_to: str = ""  # the mail that is answered
    references: tuple[str, ...] = ()  # of that mail, oldest first
    choices: tuple[tuple[str, str], ...] = ()  # what the client may answer with one click, and the address of each
    deeds: tuple[tuple[str, str], ...] = ()  # what one of us may do with one click, in words, and the address of each
    text: str = ""  # what a person wrote, or what happened (staff/alert)
    author: str = ""  # that person's name
    title: str = ""  # to staff: what happened
    lines: tuple[tuple[str, str], ...] = ()  # to staff: label and value
    question: str = ""  # to another team: what one of us asks it
    answers: str = ""  # to staff: who gets what they write back, in words; "" where nothing can be written back
    links: tuple[
        tuple[str, str], ...
    ] = ()  # to another team: files that are not in the mail, and where each can be fetched
    note: bool = False  # to staff: what they write back is kept among them
    summary: Summary | None = None  # staff/digest: all that it says
    unsubscribe: str = ""  # staff/digest: who takes somebody off it, addr-spec, where no page does
    page: str = ""  # to a client: where they see their request; "" for none
    leave: str = ""  # the address of the page that takes its reader off the series; "" for none
    public_url: str = ""
    language: str = ENGLISH  # in which it is to be told, where there are words for it; ISO 639-1
    answer_within: Mapping[str, str] = field(
        default_factory=dict
    )  # the team's promise by language: en, "one working day"
    invitation: Invitation | None = None  # for the client's calendar
    calls: bool = False  # it is about an appointment that goes into the client's calendar, or out of it
    files: tuple[File, ...] = ()  # what goes along with a person's words

    def __post_init__(self) -> None:
        if self.date.tzinfo is None:
            raise ValueError("the date of a mail has to be aware of its time zone")


def vocabulary(notice: Notice, facts: Facts, language: str = ENGLISH) -> dict[str, object]:
    """The names that a template of this notice may use. What is not here is an error in it (StrictUndefined)."""
    names: dict[str, object] = {
        "workflow": notice.workflow,
        "team": clean_header(facts.team),
        "client": notice.audience is Audience.CLIENT,
        "personal": notice.nature is Nature.PERSONAL,
        "own_words": notice.name == REPLY,  # a person's, who greets in them
        "reopen_days": facts.reopen.days,
        "reopen_until": (facts.date + facts.reopen).astimezone(facts.zone),
        "public_url": facts.public_url,
        "answer_within": clean_header(facts.answer_within.get(language, "")),
        "pictures": of_files(facts.files),
        "begins": facts.begins,
        "calls": facts.calls,
        "page": facts.page,
        "leave": facts.leave,
        "choices": [*((say(language, choice), address) for choice, address in facts.choices), *facts.deeds],
    }
    if facts.ticket and facts.status:
        names |= _of_ticket(facts, facts.ticket, facts.status)
        told = (
            facts.status.meanings.get(language, "")
            if notice.audience is Audience.CLIENT
            else facts.status.staff_meaning
        )
        names |= {"meaning": told}
    # An acknowledgement may go to someone who never wrote to us: it cannot carry a stranger's words (T07).
    if notice.nature is not Nature.ACKNOWLEDGEMENT:
        names |= _of_people(facts)
    if notice.audience is Audience.STAFF:
        names |= {
            "title": facts.title,
            "lines": facts.lines,
            "question": facts.question,
            "answers": clean_header(facts.answers),
            "note": facts.note,
            "links": facts.links,
        }
    if facts.summary:
        names |= {"summary": facts.summary}
    return names


def _of_ticket(facts: Facts, ticket: Ticket, status: Status) -> dict[str, object]:
    return {
        "number": ticket.number,
        "status": status,
        "was": facts.was,
        "due": ticket.due_at and ticket.due_at.astimezone(facts.zone),
        "until": ticket.until and ticket.until.astimezone(facts.zone),
    }


def _of_people(facts: Facts) -> dict[str, object]:
    people: dict[str, object] = {"text": facts.text.strip(), "author": clean_header(facts.author)}
    return people | {"subject": bare_subject(facts.ticket.subject)} if facts.ticket else people


def bare_subject(subject: str) -> str:
    """A ticket's subject without Re: and its kin, without any tag [#…] (ours is put behind it), and not too long."""
    untagged = clean_header(TAG.sub(" ", clean_header(subject, cap=LONGEST_READ)), cap=LONGEST_READ)
    return clean_header(PREFIXES.sub("", untagged), cap=SUBJECT_LENGTH)
