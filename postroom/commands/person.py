"""`postroom person`: which addresses are one person's."""

import click

from classifier.recipients import whose
from postroom.app import open_app
from postroom.cli import Refused
from postroom.commands.address import one_address
from postroom.commands.output import Row, moment, print_json
from postroom.commands.staff import author
from store import identities, people
from store.lines import as_json as plain

MOST = 20  # addresses of one person


def change(option: str | None, address: str, what: str, other: str, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    one, two = one_address(address, "ADDRESS"), one_address(other, "the second ADDRESS")
    for each in (one, two):
        if reason := whose(app.config.ours, each.addr):
            aliases = ": their addresses stand in [[staff]], as aliases" if each.key in app.config.ours.staff else ""
            raise Refused(f"{each.addr} is {reason}{aliases}")
    with app.database.write() as tx:
        mine, its = ({known.address.lower() for known in identities.known(tx, each)} for each in (one, two))
        together = two.key in mine or one.key == two.key
        if what == "remove":
            if not together or one.key == two.key:
                raise Refused(f"{two.addr} is not known as an address of {one.addr}'s")
            identities.part(tx, two)
        elif together:
            raise Refused(f"{two.addr} is known as an address of {one.addr}'s already")
        elif len(mine | its | {one.key, two.key}) > MOST:
            raise Refused(f"one person has at most {MOST} addresses")
        else:
            identities.unite(tx, one, two, who, app.now())
    said = "are two people" if what == "remove" else "are one person"
    click.echo(f"{one.addr} and {two.addr} {said}")


def show(option: str | None, address: str, *, as_json: bool) -> None:
    app = open_app(option)
    who = one_address(address, "ADDRESS")
    with app.database.read() as tx:
        known = identities.known(tx, who)
        tickets = people.tickets_of(tx, identities.same(identities.of(tx, [who.key]), who.key))
    every: list[Row] = [{"address": one.address, "by": one.by, "at": plain(one.at)} for one in known] or [
        {"address": who.addr, "by": "", "at": None}
    ]
    if as_json:
        print_json([{"addresses": every, "tickets": tickets}])
        return
    for row in every:
        since = f"  {row['by']} said so on {moment(row['at'], app.config.zone)}" if row["at"] else ""
        click.echo(f"{row['address']}{since}")
    click.echo(f"takes part in {', '.join(f'#{number}' for number in tickets) or 'no ticket'}")
