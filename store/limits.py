"""Limits: how many automatic mails may go out (reliability.md E). Counts in, a reason out; it counts nothing itself.

Limits cap what we send, never what we accept.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workflow.machine import Nature


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may go out before the next one is withheld."""

    per_ticket: int = 1  # of each acknowledgement, a day
    per_address_10_minutes: int = 1
    per_address_hour: int = 3
    per_address_day: int = 5
    same_mail_day: int = 1  # same subject or same body from that address
    per_domain_hour: int = 30
    per_domain_day: int = 200
    per_domain_times_known: int = 5  # so many times as many to the organisation of a known client
    automatic_per_address_day: int = 10
    automatic_per_ticket_30_minutes: int = 4
    global_hour: int = 300
    global_times_median: int = 5  # or so many times the usual hour, whichever is more
    tickets_per_sender_hour: int = 20  # what is more is a ticket, and is answered by nothing
    staff_commands_hour: int = 30  # mails of one of us to tickets; a command in the next is refused, and says so
    program_words_hour: int = (
        20  # mails of people's words to a client; what a program writes next is refused, and says so
    )
    silent_days_after_bounce: int = 60  # for an address that returned a mail for good
    exempt: frozenset[str] = frozenset()  # addresses, or @domain, that the limit for everybody leaves out


@dataclass(frozen=True, slots=True)
class Counts:
    """What went out lately, this mail not included. Names as in Limits."""

    per_ticket: int = 0
    per_address_10_minutes: int = 0
    per_address_hour: int = 0
    per_address_day: int = 0
    same_mail_day: int = 0
    per_domain_hour: int = 0
    per_domain_day: int = 0
    automatic_per_address_day: int = 0
    automatic_per_ticket_30_minutes: int = 0
    global_hour: int = 0


# Which limit, in the order in which it is asked, and what a person reads when it holds a mail back.
_AUTOMATIC = (
    ("automatic_per_ticket_30_minutes", "{n} automatic mails on this ticket within 30 minutes"),
    ("automatic_per_address_day", "{n} automatic mails to this address within 24 hours"),
)
_ACKNOWLEDGEMENT = (
    ("per_ticket", "this ticket got the same acknowledgement within 24 hours"),
    ("same_mail_day", "a mail with the same subject or words was acknowledged within 24 hours"),
    ("per_address_10_minutes", "{n} acknowledgement to this address within 10 minutes"),
    ("per_address_hour", "{n} acknowledgements to this address within an hour"),
    ("per_address_day", "{n} acknowledgements to this address within 24 hours"),
    ("per_domain_hour", "{n} acknowledgements to this organisation within an hour"),
    ("per_domain_day", "{n} acknowledgements to this organisation within 24 hours"),
)
_RULES = {
    Nature.ACKNOWLEDGEMENT: (*_ACKNOWLEDGEMENT, *_AUTOMATIC),
    Nature.AUTOMATIC: _AUTOMATIC,
    Nature.PERSONAL: (),
    Nature.STAFF: (),
    Nature.DIGEST: (),
}


def limited(nature: Nature) -> bool:
    """Whether any limit is asked at all."""
    return bool(_RULES[nature])


def withheld(nature: Nature, counts: Counts, limits: Limits) -> str:
    """Why a mail of that nature may not go out now; "" when it may."""
    for name, reason in _RULES[nature]:
        most = getattr(limits, name)
        if getattr(counts, name) >= most:
            return reason.format(n=most)
    return ""


def tripped(nature: Nature, counts: Counts, limits: Limits) -> str:
    """Why an acknowledgement waits for staff: so many go out that somebody may be using us to send them. "" if not."""
    if nature is not Nature.ACKNOWLEDGEMENT or counts.global_hour < limits.global_hour:
        return ""
    return f"{limits.global_hour} acknowledgements to everybody within an hour"


def exempt(address: str, limits: Limits) -> bool:
    """Whether the configuration leaves this address out of the limit for everybody."""
    whole = address.lower()
    return whole in limits.exempt or f"@{whole.rpartition('@')[2]}" in limits.exempt


def organisation(address: str) -> str:
    """The organisation's domain of an address; "" for a public mail domain, which is nobody's.

    Without the public suffix list: two labels, three below such as co.uk. Hosts of one owner count as one.
    """
    domain = address.lower().rpartition("@")[2].rstrip(".")
    labels = domain.split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    owner = ".".join(labels[-3:] if short else labels[-2:])
    return "" if {domain, owner} & public_domains() else owner


@cache
def public_domains() -> frozenset[str]:
    """The mail domains where anybody can have an address."""
    lines = Path(__file__).with_name("public_domains.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
