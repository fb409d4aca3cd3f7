"""Clues: what the rules look at, read from the mail once. It weighs nothing; the rules do.

Bodies are judged on what is new in them: a quoted out-of-office note, bounce or signature says nothing about this mail.
"""

from dataclasses import dataclass

from classifier.headers import human_mailer, machine_header, mass_header
from classifier.phrases import MATCHER, TEXT_CAP, Said, fold
from classifier.recipients import owns
from classifier.senders import is_nobody
from classifier.subjects import FORWARDS, REPLIES, heads, prefix_of
from classifier.verdict import Evidence, Ours
from inbound.attributions import FORWARD
from inbound.message import Address, Message
from inbound.quotes import split

_SPLIT_CAP = 16 * 1024  # characters of a body that are looked at for quotes (T16)
_LINE = 400  # characters; no line that introduces a forwarded mail is longer
_TAIL = 1500  # characters of the end of a long body


@dataclass(frozen=True, slots=True)
class Clues:
    """One mail as the rules see it."""

    evidence: Evidence
    sender: Address | None  # the person behind it: From, or who a form or list says it is
    form: str  # the header that names the person behind a configured form, "" if it is none
    subject: str  # folded
    titled: Said  # what the subject says
    new: str  # what is new in the body, as it was written
    body: Said  # what that says
    quoted: bool
    reply: bool  # the subject begins with Re: or its like
    forward: bool  # Fwd: or its like, or Thunderbird says so
    headers: dict[str, str]  # the first value of each; names in lower case
    machine: str  # a header that only machines write: proof
    mass: str  # a header of lists and mass mail, on people's mail too: a hint
    mailer: str  # the program that a person writes mail with

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
    def wants(self) -> str:
        """The words by which somebody asks for something, or ""."""
        return self.body.first("request") or ("?" if any(mark in self.new for mark in "?？؟") else "")

    @property
    def plain(self) -> bool:
        """Nothing shows a person at work: no quote, no mail program, no forward, nothing asked."""
        return not (self.quoted or self.mailer or self.forward or self.wants)


def gather(evidence: Evidence) -> Clues:
    """Read a mail's clues. Total: any Message gives Clues."""
    message = evidence.message
    form, sender = _behind(message, evidence.ours)
    subject = fold(message.subject, 400)
    begins = heads(subject)
    prefix = prefix_of(subject, begins[-1])
    parts = split(message.text[:_SPLIT_CAP])
    new, forwarded = _own_words(parts.new)
    return Clues(
        evidence=evidence,
        sender=sender,
        form=form,
        subject=subject,
        titled=MATCHER.said(subject, begins),
        new=new[:TEXT_CAP],
        body=MATCHER.said(_ends(new)),
        quoted=bool(parts.quoted.strip()),
        headers=dict(reversed(message.headers)),
        reply=prefix in REPLIES,
        forward=forwarded or prefix in FORWARDS or bool(message.value("x-forwarded-message-id")),
        # A form that the configuration names is a machine that speaks for a person.
        machine="" if form else machine_header(message),
        mass=mass_header(message),
        mailer=human_mailer(message),
    )


def _own_words(new: str) -> tuple[str, bool]:
    """What stands above a forwarded mail, and whether there is one: `split` calls it new, but somebody else wrote it."""
    lines = new[: TEXT_CAP + _TAIL].splitlines()
    for number, line in enumerate(lines):
        bare = line.strip(" \t*")
        # Its lines begin with dashes or end with a colon; the pattern is long, and most lines are neither.
        if len(line) <= _LINE and (bare[:1] == "-" or bare[-1:] in {":", "："}) and FORWARD.fullmatch(line):
            return "\n".join(lines[:number]), True
    return new, False


def _ends(new: str) -> str:
    """The folded top of a text, and its last lines: newsletters say there how to leave."""
    return fold(new if len(new) <= TEXT_CAP else f"{new[: TEXT_CAP - _TAIL]} … {new[-_TAIL:]}")


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
