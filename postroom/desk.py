"""Desk: what the pages of staff may do, as acts: the same that commands and staff's mail do."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from functools import cache, partial

from classifier.recipients import whose
from dashboard.desk import Desk, Leaving, Member, Order, Refused, Stale
from dashboard.signing import GOOD_FOR
from inbound.message import Address
from outbound.wording import short
from postroom import values
from postroom.acting import NotPossible, act
from postroom.again import again
from postroom.answering import NOTHING, Words
from postroom.app import App
from postroom.correcting import put_right
from postroom.house import House
from postroom.kept import Kept
from postroom.line import blank
from postroom.looking import Looking, raw
from postroom.meanwhile import meanwhile
from postroom.merging import done
from postroom.office import office
from postroom.reading import Parsed, read
from postroom.said import Said, word
from postroom.settings import StaffSettings
from postroom.summing import reckoning
from postroom.taking_back import hold, leaving, take_back
from postroom.tracking import link, unlink
from postroom.usual import usual, usual_here
from store import outbox, people, reports, tickets, traces
from store.database import Transaction
from workflow.act import Act, Assign, Merge, Part, Reply, SetStatus, TakePart, Undo, Unmerge
from workflow.issue import issue
from workflow.moment import moment
from workflow.spelling import quoted

_PARTS = {"let-in": Part.ADD, "add-quiet": Part.QUIET, "take-out": Part.REMOVE}
LONGEST = 12  # digits of a ticket's number


def desk(app: App) -> Desk:
    """What is lent to the pages."""
    members = tuple(member_of(one, app.keepers) for one in app.config.settings.staff)
    return Desk(
        member=partial(_of_address, members),
        members=members,
        workflow=app.workflow,
        colours=tuple(sorted({one.colour for flow in app.workflows.values() for one in flow.statuses.values()})),
        zone=app.config.zone,
        reckoning=reckoning(app),
        office=cache(partial(office, app)),
        secure=app.config.settings.public_url.startswith("https://"),
        secret=partial(secrets.token_urlsafe, 32),
        mail_link=partial(_mail_link, app),
        order=partial(_order, app),
        correct=partial(_correct, app, Kept(read)),
        again=partial(_again, app),
        preview=partial(_preview, app),
        words=partial(_words, app),
        take_back=partial(take_back, app),
        raw=partial(raw, app.database),
        look=Looking(app.database).look,
    )


def member_of(person: StaffSettings, keepers: Collection[str] = ()) -> Member:
    return Member(person.address, person.name, frozenset(person.roles), person.address in keepers)


def _of_address(members: tuple[Member, ...], address: str) -> Member | None:
    return next((one for one in members if one.address.lower() == address.lower()), None)


def _mail_link(app: App, address: str, secret: str) -> None:
    at = app.now()
    until = short((at + GOOD_FOR).astimezone(app.config.zone))
    queued = House(app).sign_in(address, f"{app.config.site}/sign-in/{secret}", until, at)
    with app.database.write() as tx:
        for mail in queued:
            outbox.queue(tx, mail, app.limits, at)


def _order(app: App, member: Member, order: Order) -> None:
    try:
        if order.deed in {"merge", "unmerge"}:
            into = order.to.strip().removeprefix("#")
            by = member.address
            change = Unmerge(by) if order.deed == "unmerge" else Merge(_number(into), by)
            done(app, order.number, change, partial(_unchanged, app, member, order))
            return
        if order.deed in {"link", "unlink"}:
            if order.deed == "link":
                link(app, order.number, issue(order.to), member.address, hold(app, order))
            else:
                unlink(app, order.number, issue(order.to), member.address)
            return
        deed, words = deed_of(app, member, order)
        also = partial(_unchanged, app, member, order)
        act(app, order.number, deed, words, also, hold(app, order))
    except (NotPossible, ValueError) as error:
        raise Refused(str(error)) from None


def _preview(app: App, member: Member, order: Order) -> tuple[Leaving, ...]:
    with app.database.read() as tx:
        _unchanged(app, member, order, tx)
    try:
        return leaving(app, order.number, *deed_of(app, member, order))
    except (NotPossible, ValueError) as error:
        raise Refused(str(error)) from None


def _words(app: App, member: Member, order: Order) -> str:
    with app.database.read() as tx:
        _unchanged(app, member, order, tx)
    try:
        if order.deed == "reply":
            return usual_here(app, order.number)
        deed, _ = deed_of(app, member, replace(order, text=""))
        return usual(app, order.number, deed)
    except (NotPossible, ValueError) as error:
        raise Refused(str(error)) from None


def deed_of(app: App, member: Member, order: Order) -> tuple[Act, Words]:
    """Raises ValueError, which says what is possible."""
    by = member.address
    match order.deed:
        case "reply" | "note" if blank(order.text):
            raise ValueError("Nothing is written yet.")
        case "reply":
            return Reply(by), Words(order.text, member.name)
        case "note":
            return SetStatus(_status(app, order.number), by, order.text), NOTHING
        case "assign":
            return Assign(_colleague(app, order.to), by), NOTHING
        case "let-in" | "add-quiet" | "take-out":
            return _take_part(app, order, _PARTS[order.deed], by), NOTHING
        case "undo":
            return Undo(by, _before(app, order.number, by)), NOTHING
        case _:
            until = moment(order.until, app.now(), app.config.zone) if order.until else None
            words = Words(order.text, member.name, note=order.note)
            return SetStatus(order.status, by, order.note, until, says=bool(order.text)), words


def _colleague(app: App, address: str) -> str:
    """As the configuration has it; "" for nobody. Raises ValueError."""
    person = app.member(address)
    if address and person is None:
        known = quoted(one.address for one in app.config.settings.staff)
        raise ValueError(f'"{address[:60]}" is none of us: the team is {known}')
    return person.address if person else ""


def _number(text: str) -> int:
    """Raises ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        raise ValueError(f'"{text[:20]}" is no number of a ticket')
    return int(text)


def _take_part(app: App, order: Order, part: Part, by: str) -> TakePart:
    """Raises ValueError."""
    try:
        who = Address(values.address(order.to.strip()).addr)
    except ValueError:
        raise ValueError(f'"{order.to[:60]}" is no address: write one, such as ada@client.example') from None
    if reason := whose(app.config.ours, who.addr):
        raise ValueError(f"{who.addr} is {reason}")
    with app.database.read() as tx:
        return TakePart.of(part, who, by, people.standing(tx, order.number))


def _before(app: App, number: int, by: str) -> str:
    """The status before the newest change; "" where that is not this person's."""
    with app.database.read() as tx:
        moves = [one for one in reports.moves(tx, number) if one.from_ != one.to]
    return moves[-1].from_ if moves and moves[-1].by.lower() == by.lower() else ""


def _status(app: App, number: int) -> str:
    """The key of the one that it has."""
    with app.database.read() as tx:
        ticket = tickets.ticket(tx, number)
    return ticket.status if ticket else ""


def _unchanged(app: App, member: Member, order: Order, tx: Transaction) -> None:
    """Raises Stale where the ticket, or the one where it leads, is not what the page showed; in the transaction that would change it."""
    mark = traces.mark(tx, order.number)
    if mark is not None and mark.version != order.seen:
        clauses = meanwhile(app, tx, member.address, order.number, order.upto)
        raise Stale("; ".join(clauses) or "somebody changed this ticket")


def _correct(app: App, kept: Kept[Parsed], member: Member, number: int, said: str, remember: bool) -> None:
    try:
        with kept.lent() as parsers:
            done = put_right(app, Said(number, word(said), member.address, remember=remember), parsers)
    except NotPossible as error:
        raise Refused(str(error)) from None
    if not done.changed and not remember:
        raise Refused(f"m{number} is taken for {done.was} already: nothing changes")


def _again(app: App, which: str) -> None:
    try:
        again(app, which)
    except NotPossible as error:
        raise Refused(str(error)) from None
