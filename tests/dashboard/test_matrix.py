"""Every route, for everybody, on what is theirs and on what is another one's (T22): nobody, a newcomer, a client, another client, an agent, a manager, an admin."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete, select

from dashboard.counter import NotTheirs, Wish
from dashboard.desk import Member
from dashboard.site import site
from store import senders, sessions
from store.senders import Sender
from store.tables import filter_, helpful, sender
from tests.dashboard.browser import Browser, served
from tests.dashboard.test_access import FORM, KIM, NOW, OPEN, ROUTES, World, world
from tests.store.world import ADA, BEN, keep

__all__ = ["world"]

MANAGER = Member("max@example.test", "Max", frozenset({"agent", "manager"}))
ADMIN = Member("lee@example.test", "Lee", frozenset({"admin"}), keeper=True)
STAFF, CLIENTS = {"agent": "kims", "manager": "maxs", "admin": "lees"}, {"client": "Adas", "other client": "Bens"}
WHO = {"nobody": "", "newcomer": "Chis"} | CLIENTS | STAFF
THEIRS = {"client": "1001", "other client": "1002"}  # the ticket that each of them has
AT_THE_DESK, OF_CLIENTS, OF_KEEPERS, OF_PROGRAMS = "desk", "clients", "keepers", "programs"
CLOSED = {303, 401, 403, 404}
NOTHING = {
    "/live",
    "/outbox/o{number:int}",
    "/tickets/{number:int}/files/{file:int}",
}  # they may look, and nothing is there


SHOWS = "/preview/"  # a form of such a path is answered, and does nothing
KEPT = (filter_, sender, helpful)  # where the pages write by themselves
SPAMMER = "eve@other.example"


def whose(path: str) -> str:
    """Which of the rooms a closed route is in."""
    if path.startswith("/api/"):
        return OF_PROGRAMS
    if path.startswith(("/my", "/statuses")):
        return OF_CLIENTS
    return OF_KEEPERS if path.startswith("/admin") else AT_THE_DESK


def opens(who: str, room: str, number: str, path: str) -> bool:
    """Whether they may: the rule in one place."""
    if room == OF_CLIENTS:
        return who in CLIENTS and (number == THEIRS[who] or "{number" not in path) and "{file" not in path
    return (room == AT_THE_DESK and who in STAFF) or (room == OF_KEEPERS and who == "admin")


def afresh(world: World) -> list[object]:
    """Nothing is done yet, and somebody's word on a sender may be taken back; what that is, to be compared."""
    world.done.clear()
    with world.database.write() as tx:
        for table in KEPT:
            tx.execute(delete(table))
        senders.say(tx, Sender(SPAMMER, blocked=True, by=KIM.address, at=NOW))
    return done(world)


def done(world: World) -> list[object]:
    """All that was."""
    with world.database.read() as tx:
        return [*world.done, *(tx.execute(select(table)).all() for table in KEPT)]


def proof(browser: Browser, who: str) -> str:
    at = "/my" if who in CLIENTS else "/tickets"
    return browser.get(at, Cookie=f"postroom={WHO[who]}").text.partition(f'name="{FORM}" value="')[2][:64]


@pytest.fixture
def all_of_them(world: World) -> Iterator[Browser]:
    world.team[:] = [KIM, MANAGER, ADMIN]
    keep(world.database, "somebody's")
    with world.database.write() as tx:
        for one in (MANAGER, ADMIN):
            sessions.ask(tx, one.name, one.address, "/", NOW, NOW + timedelta(minutes=15))
            sessions.begin(tx, one.name, f"{one.name.lower()}s", NOW, NOW + timedelta(days=7))

    def grant(address: str, wish: Wish) -> bool:
        """The shell asks in its transaction, and so does this one."""
        if str(wish.number) != {ADA.key: "1001", BEN.key: "1002"}.get(address):
            raise NotTheirs
        world.done.append(wish)
        return True

    desk = replace(world.powers.desk, correct=lambda *asked: world.done.append(asked))
    powers = replace(world.powers, desk=desk, counter=replace(world.powers.counter, grant=grant))
    with served(site(powers)) as browser:
        yield browser


@pytest.mark.parametrize("who", WHO)
def test_each_sees_and_does_what_is_theirs_and_nothing_else(world: World, all_of_them: Browser, who: str) -> None:
    browser, cookie = all_of_them, f"postroom={WHO[who]}"
    form = {
        FORM: proof(browser, who), "text": "Hello", "seen": "1", "helpful": "yes", "said": "spam", "deed": "assign",
        "ticket-1001": "1", "waits-1001": "act:1001:1", "name": "A list", "sender": SPAMMER,
    }  # fmt: skip
    for (method, path), (at, code) in ROUTES.items():
        if code is OPEN or path == "/sign-out":
            continue
        for number in ("1001", "1002"):
            asked = at.replace("1001", number)
            before = afresh(world)
            body = b"" if method == "GET" else urlencode(form).encode()
            answer = browser.ask(method, asked, body, {"Cookie": cookie})
            may = opens(who, whose(path), number, path)
            led = answer.headers.get("location", "")
            if not may:
                assert answer.status in CLOSED, (who, method, asked, answer.status)
                assert led in {"", "/my", f"/tickets/{number}", "/tickets"} or led.startswith("/sign-in"), (asked, led)
                assert done(world) == before, (who, asked)
            elif method == "GET":
                assert answer.status == (404 if path in NOTHING else 200), (who, asked, answer.status)
            else:
                assert answer.status in {200, 303}, (who, asked, answer.text)
                assert not led.startswith("/sign-in"), (who, asked)
                assert (done(world) == before) is (SHOWS in path), (who, asked)
