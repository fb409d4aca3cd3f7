"""Joining: which ticket a mail joins, by the table of architecture.md. It finds no ticket; the store did (Evidence.link)."""

from dataclasses import dataclass, replace

from classifier.verdict import Evidence, Kind, Known, Link, Passed, Standing

# (how the ticket is known, who the sender is to it) -> what happens. Absent: a new ticket, with "possibly".
_JOINS, _PENDING = "joins", "pending"
TABLE = {
    (Known.TOKEN, Standing.REQUESTER): _JOINS,
    (Known.TOKEN, Standing.PARTICIPANT): _JOINS,
    (Known.TOKEN, Standing.QUIET): _JOINS,
    (Known.TOKEN, Standing.STAFF): _PENDING,  # staff without a staff token: anybody can write that From
    (Known.TOKEN, Standing.STRANGER): _PENDING,
    (Known.THREAD, Standing.REQUESTER): _JOINS,
    (Known.THREAD, Standing.PARTICIPANT): _JOINS,
    (Known.THREAD, Standing.QUIET): _JOINS,
    (Known.THREAD, Standing.STAFF): _PENDING,
    (Known.TAG, Standing.REQUESTER): _JOINS,
    (Known.TAG, Standing.PARTICIPANT): _JOINS,
    (Known.TAG, Standing.QUIET): _JOINS,
    (Known.TAG, Standing.STAFF): _PENDING,
    (Known.NUMBER, Standing.REQUESTER): _JOINS,
    (Known.NUMBER, Standing.PARTICIPANT): _JOINS,
    (Known.NUMBER, Standing.QUIET): _JOINS,
}


@dataclass(frozen=True, slots=True)
class Joined:
    """Where a mail goes. At most one of `ticket` and `possibly` is set."""

    ticket: int | None = None
    pending: bool = False
    possibly: int | None = None
    staff: bool = False  # the sender may act as staff
    team: str = ""  # the sender answers for that team
    because: str = ""


def join(evidence: Evidence, authenticated: Passed) -> Joined:
    """Which ticket a person's or a robot's mail joins."""
    link = evidence.link
    staff = _is_staff(evidence, authenticated)
    if link is None:
        return Joined(staff=staff)
    said = f"{link.known} of ticket {link.ticket} ({link.by}); sender is {link.standing}"
    if evidence.team and authenticated is not Passed.NO:
        return Joined(ticket=link.ticket, team=evidence.team, because=f"{said}; it answers for {evidence.team}")
    if staff:
        return Joined(ticket=link.ticket, staff=True, because=f"{said}, by staff token")
    what = TABLE.get((link.known, link.standing), "")
    if not what or (link.known is not Known.TOKEN and authenticated is Passed.NO):
        return Joined(possibly=link.ticket, because=f"{said}; authenticated: {authenticated}; does not join")
    return Joined(ticket=link.ticket, pending=what == _PENDING, because=f"{said}; {what}")


def join_for(evidence: Evidence, *, copied: bool) -> Joined:
    """Which ticket a member of staff, whose From is proved, adds to by writing to a client; `#for` opens one of its own."""
    link = evidence.link
    if link is None or not copied:
        return Joined()
    return Joined(ticket=link.ticket, because=f"{link.known} of ticket {link.ticket} ({link.by}); staff wrote it")


def join_robot(evidence: Evidence, authenticated: Passed, kind: Kind) -> Joined:
    """As `join`. A bounce's sender is nobody: it joins by our token alone (S22), and is never "new here"."""
    link = evidence.link
    if kind is Kind.BOUNCE and link is not None:
        return _by_token(link)
    if kind is Kind.SYSTEM_REPORT and link is not None and link.report and authenticated is not Passed.NO:
        return Joined(ticket=link.ticket, because=f"{link.by}: repeats join ticket {link.ticket}")
    joined = join(evidence, authenticated)
    return replace(joined, team="", pending=True) if joined.team else joined


def _by_token(link: Link) -> Joined:
    said = f"{link.known} of ticket {link.ticket} ({link.by})"
    if link.known is Known.TOKEN:
        return Joined(ticket=link.ticket, because=f"{said}; joins")
    return Joined(possibly=link.ticket, because=f"{said}; a bounce joins by our token only")


def _is_staff(evidence: Evidence, authenticated: Passed) -> bool:
    """Token, one From that is a staff member's and, where we can know, an aligned pass (T04)."""
    message, ours = evidence.message, evidence.ours
    author = message.author
    known = author is not None and author.key in ours.staff and len(message.from_) == 1
    single = len(message.values("from")) <= 1
    return evidence.staff_token and known and single and (not ours.authserv_ids or authenticated is Passed.YES)
