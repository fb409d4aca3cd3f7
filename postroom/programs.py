"""Programs: what other programs may do by their tokens, as acts of those whose tokens they are."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256

import msgspec

from dashboard.desk import Order, Refused, Stale
from dashboard.programs import Caller, Json, Letter, Programs, Read, Reused, Scope, Want
from inbound.message import Address
from outbound.wording import count
from postroom import values
from postroom.acting import NotPossible, act
from postroom.answering import Words
from postroom.app import App
from postroom.desk import deed_of, member_of
from postroom.line import blank, one_line
from postroom.opening import open_ticket
from postroom.rows import page_row, ticket_row
from store import counting, repeats, reports, tickets, tokens, traces
from store.database import Transaction
from store.errors import Used
from store.lines import Wanted
from store.repeats import Repeat
from workflow.act import Open
from workflow.spelling import quoted


def programs(app: App) -> Programs:
    """What is lent to the pages."""
    return Programs(
        caller=partial(_caller, app),
        tickets=partial(_tickets, app),
        ticket=partial(_ticket, app),
        order=partial(_order, app),
        open=partial(_open, app),
        minute=app.config.settings.web.api_requests_minute,
    )


def _caller(app: App, secret: str) -> Caller | None:
    now = app.now()
    with app.database.read() as tx:
        found = tokens.find(tx, secret)
    person = app.member(found.owner) if found else None
    if found is None or person is None or found.expires <= now:
        return None
    if found.used_at is None or now - found.used_at > tokens.SELDOM:
        with app.database.write() as tx:
            tokens.use(tx, found.name, now)
    return Caller(found.name, member_of(person), frozenset(map(Scope, found.scopes)))


def _tickets(app: App, wanted: Wanted, limit: int) -> list[Json]:
    keys = tuple(key for asked in wanted.statuses for key in _keys(app, asked))
    with app.database.read() as tx:
        wanted = replace(wanted, statuses=keys)
        return [ticket_row(app, line) for line in reports.tickets(tx, wanted, limit)]


def _keys(app: App, asked: str) -> set[str]:
    """Of the statuses that have this key or name. Raises Refused."""
    every = {status.key: status.name for flow in app.workflows.values() for status in flow.statuses.values()}
    found = {key for key, name in every.items() if asked.casefold() in {key.casefold(), name.casefold()}}
    if not found:
        raise Refused(f'there is no status "{asked[:60]}"; the statuses are {quoted(every.values())}')
    return found


def _ticket(app: App, number: int) -> Read | None:
    with app.database.read() as tx:
        page, mark = reports.ticket_page(tx, number), traces.mark(tx, number)
    # Of a ticket that leads to another one the version counts both.
    return Read({**page_row(app, page), "version": mark.version}, mark.version) if page and mark else None


def _order(app: App, caller: Caller, want: Want) -> None:
    asked = _hash(caller, want)
    if _known(app, caller, want.key, asked) is not None:
        return
    order = Order(
        want.number, want.deed, want.seen or 0, app.now(), want.text, want.note, want.status, want.until, want.to
    )

    def also(tx: Transaction) -> None:
        now_at = traces.mark(tx, want.number)
        if want.seen is not None and now_at is not None and now_at.version != want.seen:
            raise Stale(f"#{want.number} is at version {now_at.version} now, and not at {want.seen}: read it again")
        _keep(app, caller, want.key, Repeat(asked, want.number), tx)

    def doing() -> None:
        deed, words = deed_of(app, caller.member, order)
        if words.text:
            with app.database.read() as tx:
                ticket = tickets.ticket(tx, want.number)
            _sparing(app, ticket.requester if ticket else None)
        act(app, want.number, deed, words, also=also)

    _once(app, caller, want.key, asked, doing)


def _open(app: App, caller: Caller, letter: Letter) -> int:
    asked = _hash(caller, letter)
    if (number := _known(app, caller, letter.key, asked)) is not None:
        return number
    boxes = [box for box in app.config.mailboxes if box.name == letter.mailbox or not letter.mailbox]
    if not boxes:
        names = ", ".join(box.name for box in app.config.mailboxes)
        raise Refused(f'there is no mailbox "{letter.mailbox}": the configuration names {names}')
    opened: list[int] = []

    def doing() -> None:
        who = values.address(letter.client)
        subject = " ".join(one_line(letter.subject).split())
        if not subject:
            raise ValueError("the subject is empty: say in a few words what the mail is about")
        if blank(letter.text):
            raise ValueError("nothing is written yet")
        _sparing(app, who)
        deed = Open(who, subject, caller.member.address)
        number, _ = open_ticket(
            app, deed, boxes[0], Words(letter.text, caller.member.name),
            also=lambda tx, number: _keep(app, caller, letter.key, Repeat(asked, number), tx),
        )  # fmt: skip
        opened.append(number)

    return _once(app, caller, letter.key, asked, doing) or opened[0]


def _sparing(app: App, client: Address | None) -> None:
    """Two robots that answer one another look like two people: somebody has to look. Raises NotPossible."""
    if client is None:
        return
    with app.database.read() as tx:
        lately = counting.words_lately(tx, client.key, app.now())
    if lately >= app.limits.program_words_hour:
        told = f"{client.addr} got {count(lately, 'mail', 'mails')} within an hour"
        raise NotPossible(f"{told}: it may be a robot that answers; a person can write on, a program later")


def _once(app: App, caller: Caller, key: str, asked: str, doing: Callable[[], None]) -> int:
    """Does it, unless the same request under the same key was faster: then the number of its ticket, else 0. Raises Refused, Reused."""
    try:
        doing()
    except (NotPossible, ValueError) as error:
        raise Refused(str(error)) from None
    except Used:
        return _known(app, caller, key, asked) or 0
    return 0


def _known(app: App, caller: Caller, key: str, asked: str) -> int | None:
    """The ticket of the same request, where it was carried out already. Raises Reused where the key names another one."""
    if not key:
        return None
    with app.database.read() as tx:
        done = repeats.find(tx, caller.token, key)
    if done and done.asked != asked:
        raise Reused(f'the key "{key}" names another request: give each its own')
    return done.ticket if done else None


def _keep(app: App, caller: Caller, key: str, done: Repeat, tx: Transaction) -> None:
    if key:
        repeats.keep(tx, caller.token, key, done, app.now())


def _hash(caller: Caller, asked: Want | Letter) -> str:
    return sha256(msgspec.json.encode((caller.token, type(asked).__name__, asked))).hexdigest()
