"""Parse: any bytes to a Message, on mail-parser. Never raises for what a mail holds; it has no clock and no world."""

import hashlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailparser import MailParser

from inbound import addresses, bodies, calendar, headers, report, tree
from inbound.bodies import Leaf
from inbound.excerpt import Excerpt, cut, excerpt, head
from inbound.limits import Limits
from inbound.message import Address, Appointment, Forwarded, Message
from inbound.part import Part
from inbound.tree import Tree

_DELIVERED = frozenset(("delivered-to", "x-original-to", "envelope-to"))
# RFC 5322 §3.6: at most one of each; two From headers are two claims of who wrote it.
_ONCE = ("from", "sender", "reply-to", "message-id", "date", "subject", "in-reply-to", "references")
_OF_MACHINES = frozenset(("multipart/report", "multipart/digest"))
_WHOLE = frozenset(("message/rfc822", "message/global"))
_CLAIM = 300  # characters of a header of an attached mail
_NO_LIMITS = Limits()


def parse(raw: bytes | Excerpt, limits: Limits = _NO_LIMITS) -> Message:
    """The mail, decoded. Any bytes give a Message; what could not be read is in its `defects`.

    The same bytes give the same Message, in time linear in their number, whatever they are.
    """
    if isinstance(raw, bytes) and len(raw) > limits.size:
        raw = excerpt(cut(raw, limits.excerpt), limits)
    read = tree.read(raw, limits)
    fields = _Head(read.root.fields, limits)
    held = bodies.read(read.root, limits)
    date, broken = _date(read.root, fields.raw("date"))
    sha256, size = (raw.sha256, raw.size) if isinstance(raw, Excerpt) else (hashlib.sha256(raw).hexdigest(), len(raw))
    from_, sender = fields.mailboxes("from", only_first=True), fields.mailboxes("sender")
    message_id = next(iter(fields.ids("message-id")), "")
    return Message(
        sha256=sha256,
        content_key=_content_key(raw, sha256, read, message_id, from_, date or fields.raw("date"), held.digest),
        size=size,
        headers=tuple((name, headers.value(value)) for name, value in read.root.fields),
        message_id=message_id,
        date=date,
        from_=from_,
        sender=next(iter(sender), None),
        reply_to=fields.mailboxes("reply-to"),
        to=fields.mailboxes("to"),
        cc=fields.mailboxes("cc"),
        return_path=fields.return_path(),
        delivered_to=fields.delivered_to(),
        subject=headers.value(fields.raw("subject")),
        in_reply_to=fields.ids("in-reply-to"),
        references=fields.ids("references"),
        content_type=read.root.kind,
        parts=held.kinds,
        text=held.text,
        html=held.html,
        attachments=held.attachments if read.whole else (),
        report=report.read(read.root.kind, read.root.parameters, held.leaves, limits),
        returned_id=report.returned_id(held.leaves, limits),
        enclosed=_enclosed(read.root, held.leaves, limits),
        calendar_method=held.calendar_method,
        appointment=_appointment(held, from_),
        defects=_defects([*read.defects, *broken, *fields.defects, *held.defects], limits),
    )


def attachment(raw: bytes, index: int, limits: Limits = _NO_LIMITS) -> bytes:
    """The octets of `parse(raw).attachments[index]`, decoded; b"" where there is no such attachment."""
    read = tree.read(raw, limits)
    found = bodies.attached(bodies.leaves_of(read.root)) if read.whole else ()
    return found[index].data if 0 <= index < len(found) else b""


class _Head:
    """The headers of one mail by name, and what was odd about them."""

    def __init__(self, fields: list[tuple[str, str]], limits: Limits) -> None:
        self._fields = fields
        self._limits = limits
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            self._values.setdefault(name, []).append(value)
        counts = ((name, len(self._values.get(name, ()))) for name in _ONCE)
        self.defects = [f"{name}: {count} headers" for name, count in counts if count > 1]
        self.defects += [] if self._values.get("from") else ["from: no header"]

    def raw(self, name: str) -> str:
        return next(iter(self._values.get(name, ())), "")

    def mailboxes(self, name: str, *, only_first: bool = False) -> tuple[Address, ...]:
        values = self._values.get(name, [])
        found, defects = addresses.parse(values[:1] if only_first else values, self._limits.addresses)
        self.defects += [f"{name}: {defect}" for defect in defects]
        return found

    def ids(self, name: str) -> tuple[str, ...]:
        values = self._values.get(name, [])
        found = tuple(one for value in values for one in headers.ids(value, self._limits.identifier))
        if not found and self.raw(name).strip():
            self.defects.append(f"{name}: no id")
        return found

    def return_path(self) -> str | None:
        """RFC 5321 §4.4: the envelope sender, "" for the null sender; None where no header says it."""
        if not self._values.get("return-path"):
            return None
        value = self.raw("return-path")
        if "".join(value.split()) in {"<>", ""}:
            return ""
        return next((address.addr for address in self.mailboxes("return-path")), None)

    def delivered_to(self) -> tuple[str, ...]:
        values = [value for name, value in self._fields if name in _DELIVERED]
        found, _ = addresses.parse(values, self._limits.addresses)
        return tuple(address.addr for address in found)


def _appointment(held: bodies.Bodies, authors: tuple[Address, ...]) -> Appointment | None:
    leaf = bodies.calendar(held.leaves)
    if leaf is None:
        return None
    return calendar.read(leaf.data, leaf.part.parameters.get("charset", ""), held.calendar_method, authors)


def _enclosed(root: Part, leaves: tuple[Leaf, ...], limits: Limits) -> Forwarded | None:
    """Whose mail is attached whole (RFC 2046 §5.2.1). In a report it is what bounced, in a digest one of many."""
    if root.kind in _OF_MACHINES or root.kind == "message/rfc822":
        return None
    for leaf in leaves:
        if leaf.kind in _WHOLE and leaf.data:
            held = _Head(tree.fields(leaf.data, limits), limits)
            sender = next(iter(held.mailboxes("from", only_first=True)), None)
            date, subject = headers.value(held.raw("date")), headers.value(held.raw("subject"))
            return Forwarded(sender, date[:_CLAIM], subject[:_CLAIM]) if sender else None
    return None


def _date(root: Part, raw: str) -> tuple[datetime | None, list[str]]:
    """The Date header in UTC, as mail-parser reads it; the standard library reads some forms that it refuses."""
    defects: list[str] = []
    try:
        found = MailParser(root).date
    except Exception as error:  # noqa: BLE001  # one of two: mail-parser raises what it pleases on odd mails
        found, defects = None, [f"mail-parser: {type(error).__name__}"]
    if isinstance(found, datetime) or not raw.strip():
        return found, defects
    try:
        date = parsedate_to_datetime(headers.value(raw[:200]))
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC), defects
    except (ValueError, TypeError, OverflowError, IndexError):
        return None, [*defects, "date: not readable"]


def _content_key(
    raw: bytes | Excerpt,
    sha256: str,
    read: Tree,
    message_id: str,
    from_: tuple[Address, ...],
    date: datetime | str,
    digest: str,
) -> str:
    """One key for all deliveries of one mail: trace headers differ between them, these four do not.

    A mail without Message-ID and Date is only ever the same as its own bytes: robots repeat themselves.
    """
    if not message_id and not date:
        return sha256
    if not read.whole:
        digest = raw.body if isinstance(raw, Excerpt) else hashlib.sha256(raw[len(head(raw)) :]).hexdigest()
    said = date.isoformat() if isinstance(date, datetime) else headers.value(date)
    author = ",".join(address.key for address in from_)
    # Ids, addresses and header values hold no LF, so that no two fours look alike.
    return hashlib.sha256(f"{message_id}\n{author}\n{said}\n{digest}".encode()).hexdigest()


def _defects(found: list[str], limits: Limits) -> tuple[str, ...]:
    """Each defect once, in the order of its finding, without what must not be shown."""
    return tuple(dict.fromkeys(headers.printable(defect)[:200] for defect in found))[: limits.defects]
