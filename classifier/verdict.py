"""Kind, Evidence, Verdict: what goes into a judgement and what comes out. Holds values only; it never judges."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inbound.message import Address, Appointment, Forwarded, Message


class Kind(StrEnum):
    """What a mail is. Every mail is exactly one of these."""

    NEW_TICKET = "new_ticket"
    CLIENT_REPLY = "client_reply"
    CC_ONLY = "cc_only"
    OUT_OF_OFFICE = "out_of_office"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    CALENDAR = "calendar"
    BULK = "bulk"
    SPAM = "spam"
    NOTIFICATION = "notification"
    SYSTEM_REPORT = "system_report"
    ESCALATION = "escalation"
    STAFF_REPLY = "staff_reply"
    STAFF_COMMAND = "staff_command"
    OWN_MAIL = "own_mail"
    DUPLICATE = "duplicate"


PERSON = frozenset(
    {Kind.NEW_TICKET, Kind.CLIENT_REPLY, Kind.CC_ONLY, Kind.ESCALATION, Kind.STAFF_REPLY, Kind.STAFF_COMMAND},
)
STAFFS = frozenset({Kind.STAFF_REPLY, Kind.STAFF_COMMAND})


class Standing(StrEnum):
    """Who the sender is to the ticket that the mail belongs to."""

    REQUESTER = "requester"
    PARTICIPANT = "participant"
    QUIET = "quiet"  # takes part, e.g. a vendor, and says nothing for the client
    STAFF = "staff"
    STRANGER = "stranger"


class Known(StrEnum):
    """How it is known which ticket a mail belongs to, strongest first."""

    TOKEN = "token"  # our signed token: reply address, or a Message-ID of ours  # noqa: S105
    THREAD = "thread"  # a stored Message-ID of the conversation in In-Reply-To or References
    TAG = "tag"  # [#1042] in the subject
    NUMBER = "number"  # the number of the one ticket of its sender's that an escalation names in words


class Passed(StrEnum):
    """What the Authentication-Results of servers that we trust say of the From address (RFC 8601)."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Lasting(StrEnum):
    """Whether a mail that came back would come back again."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"  # it was given up, and another one may arrive
    DELAYED = "delayed"  # it is still being tried
    UNKNOWN = "unknown"  # the bounce does not say


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a bounce says, in its report (RFC 3464) or in plain words. What it does not say is empty."""

    lasting: Lasting
    recipients: tuple[str, ...] = ()  # addresses, in lower case
    status: str = ""  # RFC 3463, e.g. "5.1.1"
    code: int | None = None  # of SMTP, e.g. 550
    reason: str = ""  # what the other server said, one line
    original_message_id: str = ""  # of the mail that came back, where it was returned; with angle brackets
    ours: bool | None = None  # whether we signed that id; None where no key was at hand


@dataclass(frozen=True, slots=True)
class Link:
    """The ticket that a mail points to."""

    ticket: int
    known: Known
    standing: Standing
    by: str  # the header and the value that said so
    address: str = (
        ""  # of ours, to which answers on this ticket come: with the token by which it is known, or all without
    )
    report: bool = False  # it is known as the open ticket of the same configured report


@dataclass(frozen=True, slots=True)
class ReportRule:
    """A machine's report that the configuration names. Empty fields match everything."""

    name: str
    sender: str = ""  # an address, or @domain
    subject: str = ""  # what the subject contains: words, * for anything, {host} for the host (classifier.pattern)
    host: str = ""  # what the subject or the body contains, likewise
    header: str = ""  # "Name: pattern"
    status: str = ""  # the key of the status that it opens its ticket in; "": the workflow says
    category: str = ""  # of that ticket
    joins: bool = True  # whether repeats join the open ticket of the same rule and host


PEOPLES = "person"  # the word for a person's mail, where the addresses say of which kind


@dataclass(frozen=True, slots=True)
class KindRule:
    """What the team says of mails that fit all that it names; empty fields fit everything."""

    name: str
    kind: str  # a machine's Kind, or PEOPLES
    sender: str = ""  # an address, or @domain
    subject: str = ""  # words that the subject contains
    phrase: str = ""  # words that the text contains, outside quotes

    @property
    def person(self) -> bool:
        return self.kind == PEOPLES


@dataclass(frozen=True, slots=True)
class Word:
    """What staff have said of a sender: that their mail is spam, or that it never is."""

    blocked: bool
    said: str  # by whom, and of whom: an address or a domain


@dataclass(frozen=True, slots=True)
class LookRule:
    """New requests that somebody has to look at first: of people's mails that fit all that it names; empty fields fit everything."""

    name: str
    status: str  # the key of the status that their ticket is opened in
    sender: str = ""  # as in KindRule, like the next two
    subject: str = ""
    phrase: str = ""
    category: str = ""  # of that ticket


@dataclass(frozen=True, slots=True)
class Look:
    """That a request is to be looked at first, and why."""

    status: str
    category: str
    because: str


@dataclass(frozen=True, slots=True)
class Ours:
    """Which addresses are ours. Empty where no configuration is known. All in lower case."""

    support: frozenset[str] = frozenset()  # the support mailboxes with their aliases
    escalate: frozenset[str] = frozenset()
    untagged: tuple[
        tuple[str, str], ...
    ] = ()  # escalate mailboxes that have no reply tokens: name, and what answers come to
    staff: frozenset[str] = frozenset()  # with their aliases
    members: tuple[tuple[str, str], ...] = ()  # an alias of one of us, and the address that they are known by
    authserv_ids: frozenset[str] = frozenset()  # whose Authentication-Results we believe
    spam_marks: tuple[str, ...] = ()  # "Name: pattern", of filters that are believed wherever they write
    forms: frozenset[str] = frozenset()  # web forms and lists that put their own address in From
    reports: tuple[ReportRule, ...] = ()
    rules: tuple[KindRule, ...] = ()
    looks: tuple[LookRule, ...] = ()
    teams: tuple[tuple[str, str], ...] = ()  # other teams that tickets are forwarded to: name, address

    @property
    def mailboxes(self) -> frozenset[str]:
        return self.support | self.escalate

    def member(self, addr: str) -> str:
        """The address by which one of us is known, of any that is theirs; every other stays as it is."""
        return dict(self.members).get(addr.lower(), addr)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a judgement may look at. `link` is None where the mail belongs to no ticket."""

    message: Message
    ours: Ours = Ours()
    mailbox: str = ""  # role of the mailbox that it came to: "support", "escalate", or "" if unknown
    link: Link | None = None
    copied: bool = False  # on its ticket nobody has turned to us yet, nor we to anybody: each mail only copied us in
    staff_token: bool = False  # a valid token bound to this From address (a staff notice is answered)
    team: str = ""  # it answers what was forwarded to this team, by a token of its own or from its address
    own: bool = False  # the mail carries a valid id of ours as its own Message-ID
    duplicate_of: int | None = None  # id of the mail of which this is another delivery
    returned: Bounce | None = None  # what it says as a bounce, where it returns an id that we signed
    stale: bool = False  # older than 48 hours when it was received: no automatic answer (S16)
    own_loop: bool = False  # it carries the mark of a mail of ours, signed: some machine sends us back what we wrote
    said: KindRule | None = None  # what staff say of this very mail; `name` is who says so
    sent: bool = False  # it lies in an archive of ours, and one of us wrote it, or one of our mailboxes
    outgoing: bool = (
        False  # it lies where our mailbox keeps what is sent from it: whoever wrote it, it came to nobody here
    )
    client: str = ""  # the address of the client whose ticket `link` names; in lower case
    word: Word | None = None  # what staff have said of its sender
    namesake: str = (
        ""  # the address of who takes part in the ticket under the name of this stranger, who holds its token
    )
    seconds: float | None = (
        None  # from when the mail of ours that it answers was sent until it was here, both by our clock
    )
    flood: int = 0  # how many tickets its sender has opened within an hour, once those are too many


class What(StrEnum):
    """What a person's reply seems to say to staff."""

    DEPLOY = "deploy"
    GO_AHEAD = "go_ahead"
    SOLVED = "solved"
    APPROVAL = "approval"
    NOT_NEEDED = "no_longer_needed"


HINT, OFFERED = "hint", "forwarded from"  # what a line of `Verdict.offers` begins with
AUTHENTICATED = "authenticated"  # what the line of `Verdict.authentication` begins with


@dataclass(frozen=True, slots=True)
class Hint:
    """Something for staff to look at. It changes no status, but where a workflow trusts it."""

    what: What
    words: str  # the sentence that says so, one line, capped


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement. `because` names rule, header or words, and value; it is never empty."""

    kind: Kind
    because: tuple[str, ...]
    no_answer: str = ""  # why no automatic answer may go to it; "" means that one may
    language: str = ""  # ISO 639-1, "" if unknown
    fluent: bool = False  # a person's, of which there is enough to outweigh what was known of their language
    return_date: date | None = None  # of an out-of-office note
    substitute: str = ""  # whom such a note names as the contact meanwhile: an address, or a name with a number
    bounce: Bounce | None = None  # of a bounce: for whom, for good or not, and why
    report: ReportRule | None = None  # of a configured report: the rule that it fits
    look: Look | None = None  # of a request that somebody has to look at first
    appointment: Appointment | None = None  # of a calendar's message: what is asked or answered, and when
    said: str = ""  # what a bounce, a calendar's message or an absence says, in a few words
    thanks: bool = False  # a person's reply that only says thanks
    approves: bool = False  # a person's reply that only says yes to what was done, with or without thanks
    namesake: str = (
        ""  # who takes part under the same name, with another address: offered as the same person, never taken
    )
    hints: tuple[Hint, ...] = ()  # what a person's reply seems to say, for staff to look at
    firm: bool = False  # these are all that it says, and it is proved to be its sender's: what a workflow may trust
    forwarded: Forwarded | None = None  # whose mail a person forwards: offered as requester, never taken
    authenticated: Passed = Passed.UNKNOWN
    authenticity: str = ""  # the words of the servers that say so, or why nobody says anything
    of_staff: bool = False  # that is one of us, by From alone: good enough to be left alone, and for nothing else
    sender: Address | None = None  # the person behind it: From, or who a web form or list says it is
    behalf: Address | None = None  # the client for whom a member of staff writes without answering us
    copied: bool = False  # that client has the mail already: staff wrote to them, with us in Cc or Bcc
    silent: str = ""  # why its sender is never written to by itself, now or later: no person reads it there
    ticket: int | None = None  # the ticket that it joins
    by_reply_address: bool = (
        False  # it names the escalate mailbox only as where our mails are answered: an answer, and no escalation
    )
    team: str = ""  # the team whose answer it is, to what was forwarded to it
    pending: bool = False  # joins as "new here": staff see it, the sender hears nothing of the ticket
    possibly: int | None = None  # a ticket that it names but may not join

    @property
    def answer(self) -> bool:
        return not self.no_answer

    @property
    def authentication(self) -> str:
        """One line: whether its sender is authentic, and who says so."""
        return f"{AUTHENTICATED}: {self.authenticated} ({self.authenticity})"

    @property
    def offers(self) -> tuple[str, ...]:
        """What is offered to staff, in a line each: hints with the words that say so, who may have written, and whom a forwarded mail is from."""
        lines = [f'{HINT}: {hint.what}: "{hint.words}"' for hint in self.hints]
        if self.namesake:
            lines.append(f"{HINT}: {self.namesake} has the same name; if they are one person, let postroom person know")
        if self.forwarded:
            sender = self.forwarded.sender
            who = f"{sender.name} <{sender.addr}>" if sender.name and sender.addr else sender.addr or sender.name
            date = f", {self.forwarded.date}" if self.forwarded.date else ""
            lines.append(f'{OFFERED}: {who}{date}, "{self.forwarded.subject}"')
        return tuple(lines)
