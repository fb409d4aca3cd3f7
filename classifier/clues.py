"""Clues: what the rules look at: a mail's Reading, and who is behind it by what is known of our addresses. It weighs nothing; the rules do."""

import re
from dataclasses import dataclass, fields

from classifier.headers import machine_header
from classifier.reading import Reading, read
from classifier.recipients import owns
from classifier.senders import is_nobody
from classifier.verdict import Evidence, Ours
from inbound.message import Address, Message

FASTEST = 15  # strokes a second: 180 words a minute; the record is 212, for a minute
_OPENS = 3  # seconds in which nobody has seen a mail, opened it and begun to answer
_LEAST = 60  # strokes; less is an answer that a telephone offers, for one tap
_DRAWN = "\u2e80"  # from here on stand signs that take two strokes or more
_LONGEST = 60  # seconds; later, a long signature, which a program adds, looks like typing
_CAP = FASTEST * _LONGEST
_ASKED = re.compile(r"[?؟](?![\w%=&/.#])|？")  # the mark within a link asks nothing


@dataclass(frozen=True, slots=True)
class Clues(Reading):
    """One mail as the rules see it."""

    evidence: Evidence
    sender: Address | None  # the person behind it: From, or who a form or list says it is
    form: str  # the header that names the person behind a configured form, "" if it is none
    headers: dict[str, str]  # the first value of each; names in lower case
    machine: str  # a header that only machines write: proof

    @property
    def message(self) -> Message:
        return self.evidence.message

    def header(self, name: str) -> str:
        """The first value of a header, or ""."""
        return self.headers.get(name, "")

    @property
    def null_path(self) -> bool:
        return self.message.return_path == ""

    @property
    def robot_path(self) -> str:
        """What robots' mail has on its way: the null sender, or a robot's precedence outside any list."""
        if self.null_path:
            return "Return-Path: <>"
        precedence = self.header("precedence").lower()
        return f"Precedence: {precedence}" if precedence in {"bulk", "junk"} and not self.header("list-id") else ""

    @property
    def answers(self) -> bool:
        """Whether it says that it answers another mail."""
        return self.reply or bool(self.message.in_reply_to or self.message.references)

    @property
    def haste(self) -> str:
        """How much faster it came than anybody opens our mail and types what it says, or "". Staff have commands at hand."""
        seconds = self.evidence.seconds
        if seconds is None or not 0 <= seconds <= _LONGEST or self.evidence.staff_token:
            return ""
        written = [char for char in self.new[:_CAP] if not char.isspace()]
        strokes = len(written) + sum(char >= _DRAWN for char in written)
        fast = strokes >= max(_LEAST, FASTEST * (seconds - _OPENS))
        return f"{len(written)} letters, {seconds:.0f} s after ours" if fast else ""

    @property
    def wants(self) -> str:
        """The words by which somebody asks for something, or ""."""
        return self.body.first("request") or ("?" if self.asks else "")

    @property
    def asks(self) -> bool:
        """Whether a question mark stands in its text, and not in a link."""
        marks = any(mark in self.new for mark in "?？؟")  # the pattern alone is slow where there is none
        return marks and bool(_ASKED.search(self.new))

    @property
    def plain(self) -> bool:
        """Nothing shows a person at work: no quote, no mail program, no forward, nothing asked."""
        return not (self.quoted or self.mailer or self.forward or self.wants)


_READ = tuple(field.name for field in fields(Reading))


def gather(evidence: Evidence, reading: Reading | None = None) -> Clues:
    """A mail's clues; `reading` is of the same Message, where somebody has read it already. Total: any Evidence gives Clues."""
    message = evidence.message
    known = reading or read(message)
    form, sender = _behind(message, evidence.ours)
    return Clues(
        **{name: getattr(known, name) for name in _READ},
        evidence=evidence,
        sender=sender,
        form=form,
        headers=dict(reversed(message.headers)),
        # A form that the configuration names is a machine that speaks for a person.
        machine="" if form else machine_header(message),
    )


def _behind(message: Message, ours: Ours) -> tuple[str, Address | None]:
    """Who wrote it, and the header that says so of a configured form or list.

    A form or list that puts its own address or ours in From names the person in Reply-To or X-Original-From. A form that
    is not configured is seen by a no-reply sender with a Reply-To elsewhere; its person is believed, but not answered.
    """
    author = message.author
    if author is None:
        return "", None
    known = author.key in ours.forms or owns(ours.mailboxes, author.addr)
    for header, person in _named(message) if known or is_nobody(author) else ():
        if is_nobody(person) or owns(ours.mailboxes, person.addr) or person.key in ours.forms:
            continue
        if known:
            return f"{header}: {person.addr}", person
        if person.domain != author.domain and "+" not in person.addr:
            return "", person
    return "", author


def _named(message: Message) -> list[tuple[str, Address]]:
    named = [("Reply-To", address) for address in message.reply_to]
    for header in ("X-Original-From", "X-Original-Sender"):
        address = _bare(message.value(header))
        named += [(header, Address(address))] if address else []
    return named


def _bare(value: str) -> str:
    """The address in a header value that is one mailbox, or ""."""
    inside = value.rpartition("<")[2].partition(">")[0].strip()
    local, at, domain = inside.rpartition("@")
    return f"{local}@{domain.lower()}" if at and local and "." in domain and " " not in inside else ""
