"""Message: the parsed mail, as every other room sees it. Holds values only; it never parses."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of a header. `addr` is an addr-spec (RFC 5322 §3.4.1), domain in lower case."""

    addr: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.addr.rpartition("@")[2]

    @property
    def key(self) -> str:
        """What two spellings of one address have in common: all of it in lower case."""
        return self.addr.lower()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A leaf part that is not the text. Its bytes stay in the raw mail."""

    filename: str  # cleaned: no path, no control or bidi characters; "" when it has none
    content_type: str
    size: int  # octets, decoded
    content_id: str = ""  # without angle brackets
    inline: bool = False
    sha256: str = ""  # of the decoded bytes, hex


@dataclass(frozen=True, slots=True)
class Report:
    """What a multipart/report says (RFC 6522): a DSN (RFC 3464) or an MDN (RFC 8098)."""

    report_type: str  # "delivery-status", "disposition-notification", "feedback-report", ...
    recipients: tuple[str, ...] = ()  # Final-Recipient or Original-Recipient, address only
    actions: tuple[str, ...] = ()  # failed, delayed, delivered, relayed, expanded
    statuses: tuple[str, ...] = ()  # RFC 3463, e.g. "5.1.1"
    diagnostics: tuple[str, ...] = ()
    original_message_id: str = ""  # of the returned mail, with angle brackets
    original_sender: str = ""  # its From, address only


@dataclass(frozen=True, slots=True)
class Appointment:
    """What an iCalendar part asks or answers (RFC 5545, RFC 5546)."""

    method: str  # REQUEST, REPLY, CANCEL, COUNTER, PUBLISH ...; "" where it has none
    uid: str = ""
    start: datetime | date | None = (
        None  # in UTC; without a zone it is floating: the reader's own time; a date: all day
    )
    end: datetime | date | None = None  # likewise; not part of it
    zone: str = ""  # TZID of the start, as it is written
    organizer: Address | None = None
    attendee: Address | None = None  # whose answer it is
    answer: str = ""  # PARTSTAT: ACCEPTED, DECLINED, TENTATIVE, DELEGATED ...
    sequence: int = 0  # the higher one is the newer
    summary: str = ""
    recurs: bool = False


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A mail of somebody else's that a mail brings along: what its headers claim. Nobody has proved any of it."""

    sender: Address  # `addr` is "" where only a name stands there
    date: str = ""  # as it is written there, in any language; one line
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, decoded. Whatever could not be read is named in `defects`; nothing is ever raised for it.

    Header values are decoded (RFC 2047), unfolded, free of control characters. Ids keep their angle brackets.
    """

    sha256: str  # of the raw bytes, hex
    content_key: str  # one for all deliveries of one mail, hex
    size: int  # octets of the raw mail
    headers: tuple[tuple[str, str], ...] = ()  # names in lower case, in the order of the mail
    message_id: str = ""
    date: datetime | None = None  # aware
    from_: tuple[Address, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    return_path: str | None = None  # "" is the null sender <>; None: no such header
    delivered_to: tuple[str, ...] = ()  # Delivered-To, X-Original-To, Envelope-To
    subject: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    content_type: str = "text/plain"  # of the whole mail, lower case
    parts: tuple[str, ...] = ()  # content types of all parts, depth first
    text: str = ""  # the readable body; taken from the HTML when there is no plain text
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    report: Report | None = None
    returned_id: str = ""  # Message-ID of the first mail, or header block, that is attached; with angle brackets
    enclosed: Forwarded | None = (
        None  # the first mail that is attached whole (message/rfc822), outside reports and digests
    )
    calendar_method: str = ""  # RFC 5546: REQUEST, REPLY, CANCEL ... in upper case
    appointment: Appointment | None = None  # of the first calendar part
    defects: tuple[str, ...] = field(default=())

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a header, in order. `name` in any case."""
        wanted = name.lower()
        return tuple([value for key, value in self.headers if key == wanted])

    def value(self, name: str) -> str:
        """The first value of a header, or ""."""
        wanted = name.lower()
        for key, value in self.headers:
            if key == wanted:
                return value
        return ""

    @property
    def author(self) -> Address | None:
        """The one who wrote it: the first From, else Sender (RFC 5322 §3.6.2)."""
        return self.from_[0] if self.from_ else self.sender
