"""Clues: what the rules look at, read from the mail once. It weighs nothing; the rules do.

Bodies are judged on what is new in them: a quoted out-of-office note, bounce or signature says nothing about this mail.
"""

from dataclasses import dataclass

from inbound.quotes import split

from classifier.headers import human_mailer, machine_header, mass_header
from classifier.phrases import MATCHER, TEXT_CAP, Said, fold
from classifier.recipients import owns
from classifier.senders import is_nobody
from classifier.verdict import Evidence, Ours
from inbound.message import Address, Message

_SPLIT_CAP = 64 * 1024  # characters of a body that are looked at for quotes (T16)
_TAIL = 1500  # characters of the end of a long body
_TAG_CAP = 40  # longest [tag] that is skipped in front of a subject

REPLIES = frozenset(
    [
        "re",
        "aw",
        "antw",
        "sv",
        "vs",
        "odp",
        "ynt",
        "rif",
        "r",
        "res",
        "ref",
        "ad",
        "bls",
        "vá",
        "vl",
        "hl",
        "på",
        "pd",
        "ответ",
        "отв",
        "відп",
        "πρθ",
        "απ",
        "σχετ",
        "回复",
        "答复",
        "回覆",
        "答覆",
        "回信",
        "返信",
        "رد",
    ],
)
FORWARDS = frozenset(
    [
        "fwd",
        "fw",
        "wg",
        "tr",
        "rv",
        "enc",
        "i",
        "vb",
        "vl",
        "pd",
        "doorst",
        "prosl",
        "továbbítás",
        "fs",
        "переслать",
        "转发",
        "轉寄",
        "転送",
    ]
)


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
    forward: bool
    machine: str  # a header that only machines write: proof
    mass: str  # a header of lists and mass mail, on people's mail too: a hint
    mailer: str  # the program that a person writes mail with

    @property
    def message(self) -> Message:
        return self.evidence.message

    @property
    def null_path(self) -> bool:
        return self.message.return_path == ""

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
    head = _heads(subject)
    prefix = _prefix(subject, head[-1])
    new, quoted, _ = split(message.text[:_SPLIT_CAP])
    return Clues(
        evidence=evidence,
        sender=sender,
        form=form,
        subject=subject,
        titled=MATCHER.said(subject, head),
        new=new[:TEXT_CAP],
        body=MATCHER.said(_ends(new)),
        quoted=bool(quoted.strip()),
        reply=prefix in REPLIES,
        forward=prefix in FORWARDS,
        # A form that the configuration names is a machine that speaks for a person.
        machine="" if form else machine_header(message),
        mass=mass_header(message),
        mailer=human_mailer(message),
    )


def _ends(new: str) -> str:
    """The folded top of a text, and its last lines: newsletters say there how to leave."""
    return fold(new if len(new) <= TEXT_CAP else f"{new[: TEXT_CAP - _TAIL]} … {new[-_TAIL:]}")


def _heads(subject: str) -> tuple[int, ...]:
    """Where the subject begins: at its start, and behind each [tag], (tag) or *** tag *** that a gateway put there."""
    heads, at = [0], 0
    while at < len(subject) and subject[at] in "[(*{":
        end = subject.find({"[": "]", "(": ")", "{": "}", "*": "* "}[subject[at]], at + 1, at + _TAG_CAP)
        heads.append(at + 1)
        if end < 0:
            break
        at = end + 1
        at += len(subject[at:]) - len(subject[at:].lstrip(" *:"))
        heads.append(at)
    return tuple(heads)


def _prefix(subject: str, head: int) -> str:
    """The word before the first colon: `re` of `Re[2]: Hello`."""
    word, colon, _ = subject[head : head + 16].partition(":")
    return word.strip(" ()[]0123456789") if colon else ""


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
