"""`postroom check`: proves what `run` will need, one line each. It moves nothing, and sends nothing but with --send."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import click

from inbound.bearer import NoToken
from inbound.down import MailboxDown
from inbound.imap import Mailbox
from outbound.smtp import Smtp
from outbound.wording import count, short, span
from postroom import clock
from postroom.app import App, open_app
from postroom.commands.output import print_json
from postroom.commands.room import behind, disk
from postroom.config import ConfigError, MailboxConfig
from postroom.junk import came_lately
from postroom.line import one_line
from postroom.oauth.access import Access, OAuth
from postroom.oauth.ending import ending
from postroom.oauth.keeping import load
from postroom.outside import WebhookConfig
from postroom.pipeline import open_mailbox
from postroom.reader import place
from postroom.receiving import Receiver
from postroom.roundtrip import PATIENCE, Trip, round_trip
from postroom.servers import smtp_server
from store import events, incoming, reports
from store.errors import DatabaseDown
from workflow.machine import Workflow

Shown = str | Trip  # facts; those of a Trip can be told one by one
Proof = tuple[str, Callable[[], Shown]]  # what is proved, and the proof: facts, or it raises Failed


SOON_FILED = timedelta(minutes=5)  # a run may have them in hand


class Failed(Exception):
    """A proof that failed; the message, or the Trip, says which part, and what the other side said."""

    def __init__(self, shown: Shown, mend: str = "") -> None:
        super().__init__(f"{shown}{mend}")
        self.shown = shown


def check(option: str | None, *, as_json: bool, send: bool = False, patience: float = PATIENCE) -> bool:
    """Prints a line for each thing that is proved. Whether all of them hold."""
    good = True
    app = open_app(option)
    for name, prove in (*_proofs(app), *(_trips(app, patience) if send else ())):
        try:
            shown = prove()
            detail, ok = str(shown), True
        except Failed as error:
            shown, detail, ok = error.shown, str(error), False
        good = good and ok
        if as_json:
            more = shown.facts if isinstance(shown, Trip) else {}
            print_json([{"check": name, "ok": ok, "detail": detail, **more}])
        else:
            click.echo(one_line(f"{'ok    ' if ok else 'FAILED'}  {name}: {detail}"))
    return good


def _proofs(app: App) -> Iterator[Proof]:
    yield "configuration", lambda: f"{app.config.source}, time zone {app.config.settings.timezone}"
    yield "clock", partial(_clock, app)
    yield "database", partial(_database, app)
    if path := app.config.database_file:
        yield "disk", partial(_disk, path.parent)
    for name, workflow in app.workflows.items():
        yield f"workflow {name}", partial(_workflow, workflow)
        yield f"templates of {name}", partial(_templates, app, workflow)
    if app.teams:
        yield "hand-offs", partial(_hand_offs, app)
    for oauth in app.config.oauth.values():
        yield f"sign-in {oauth.name}", partial(_sign_in, app, oauth)
    for box in app.config.mailboxes:
        yield f"mailbox {box.name}", partial(_mailbox, app, box)
        for name, asked in box.beside.items():
            yield f"mailbox {place(box, name)}", partial(_folder, app, box, name, asked)
    if app.config.tracker_secret:
        yield "tracker", partial(_tracker, app)
    for hook in app.config.webhooks:
        yield f"webhook {hook.name}", partial(_webhook, app, hook)
    yield f"smtp {app.config.settings.smtp.host}:{app.config.smtp_port}", partial(_smtp, app)


def _trips(app: App, patience: float) -> Iterator[Proof]:
    for box in app.config.mailboxes:
        yield f"round trip {box.name}", partial(_trip, app, box, patience)


def _clock(app: App) -> str:
    if seconds := clock.offset_seconds():
        raise Failed(f"{clock.OFFSET} moves the clock by {seconds:g} seconds: that is for tests alone")
    at = clock.now()
    try:
        with app.database.read() as tx:
            last = reports.last_event(tx)
    except DatabaseDown as error:
        raise Failed(str(error)) from None
    if wrong := behind(at, last):
        raise Failed(wrong)
    return at.isoformat(timespec="seconds")


def _disk(folder: Path) -> str:
    said, enough = disk(folder)
    if not enough:
        raise Failed(said)
    return said


def _trip(app: App, box: MailboxConfig, patience: float) -> Trip:
    try:
        trip = round_trip(app, box, patience)
    except (MailboxDown, ConfigError) as error:
        raise Failed(str(error)) from None
    if not trip.came:
        raise Failed(trip)
    if box.settings.reply_token == "plus" and not trip.plus_kept:  # noqa: S105 - a word, no secret
        raise Failed(trip, f": write it below the [[mailbox]] {box.settings.address}")
    return trip


def _database(app: App) -> str:
    try:
        facts = app.database.check()
    except DatabaseDown as error:
        raise Failed(str(error)) from None
    if facts.faults:
        raise Failed("; ".join(facts.faults))
    settings = "".join(f", {name} {value}" for name, value in facts.settings.items())
    return f"{facts.engine} {facts.version}{settings}, schema {facts.revision}"


def _workflow(workflow: Workflow) -> str:
    number = sum(status.open for status in workflow.statuses.values())
    return f"{len(workflow.statuses)} statuses, {number} of them open"


def _templates(app: App, workflow: Workflow) -> str:
    if faults := app.renderer.check(workflow):
        raise Failed("; ".join(map(str, faults)))
    return f"{len(workflow.notices)} notices, each renders"


def _hand_offs(app: App) -> str:
    """A team without an address is told, and no failure: the workflow runs without any."""
    given = app.config.settings.forward
    named = [f"{team} to {given[team]}" for team in app.teams if team in given]
    missing = [team for team in app.teams if team not in given]
    rest = (
        f"[forward] names no address for {', '.join(missing)}: nobody gets their tickets' conversations"
        if missing
        else ""
    )
    return "; ".join(filter(None, (", ".join(named), rest)))


def _mailbox(app: App, box: MailboxConfig) -> str:
    try:
        with open_mailbox(app, box) as mailbox:
            if used := mailbox.crowded():
                raise Failed(f"it is nearly full: {used} used: make room, or have the quota raised")
            offers = ", ".join(word for word in ("IDLE", "MOVE", "UIDPLUS") if word in mailbox.offers)
            there, new = mailbox.all_uids(), Receiver(app, box, mailbox).unread()
            if left := _left(app, box, mailbox, there):
                said = (
                    f"{count(left, 'mail is', 'mails are')} read and cannot be filed in {box.settings.processed_folder}"
                )
                raise Failed(f"{said}: the log says why (mail.not_filed), and staff have heard of it")
            unread = f", {new} not read yet" if new else ""
            junk = f", {lately} in junk since yesterday" if (lately := came_lately(app, box, mailbox)) else ""
            here = f"{count(len(there), 'mail', 'mails')} in {box.settings.folder}"
            return f"{here}{unread}{junk}; offers {offers or 'no extension'}"
    except (MailboxDown, ConfigError, DatabaseDown) as error:
        raise Failed(str(error)) from None


def _left(app: App, box: MailboxConfig, mailbox: Mailbox, there: Sequence[int]) -> int:
    """How many mails are kept, and have not left their folder although there was time."""
    if not box.settings.processed_folder:
        return 0
    with app.database.read() as tx:
        unmoved = incoming.unmoved(tx, box.name, box.settings.folder, mailbox.uidvalidity)
    came = mailbox.listed(sorted(set(unmoved) & set(there)))
    return sum(at < app.now() - SOON_FILED for at, _ in came.values())


def _folder(app: App, box: MailboxConfig, name: str, asked: str) -> str:
    """One beside the first."""
    try:
        with open_mailbox(app, box, folder=asked) as mailbox:
            there, new = len(mailbox.all_uids()), Receiver(app, box, mailbox, folder=name).unread()
            return f"{count(there, 'mail', 'mails')} in {mailbox.name}{f', {new} not read yet' if new else ''}"
    except (MailboxDown, ConfigError, DatabaseDown) as error:
        raise Failed(str(error)) from None


def _sign_in(app: App, oauth: OAuth) -> str:
    try:
        Access(oauth, app.now)()
        kept = load(oauth.file)
    except NoToken as error:
        raise Failed(str(error)) from None
    if warning := ending(oauth, kept, app.now()):
        raise Failed(warning)
    whose = f"the sign-in is {span(app.now() - kept.since)} old, " if kept and oauth.person else ""
    until = short(kept.expires.astimezone(app.config.zone)) if kept else ""
    return f"{whose}the token at hand is good until {until}, and renewed before"


def _webhook(app: App, hook: WebhookConfig) -> str:
    """What it has taken so far: whether it would take more nobody knows who tells it nothing."""
    with app.database.read() as tx:
        found = events.waiting(tx).get(hook.name)
    if found and found.given_up:
        mend = f"mend it, then: postroom webhook again {hook.name}"
        raise Failed(f"{found.given_up} events were given up ({found.reason}): {mend}")
    if found and found.waiting and found.reason:
        raise Failed(f"{found.waiting} events wait for it: {found.reason}")
    return f"{urlsplit(hook.url).netloc} is told of {', '.join(hook.events)}"


def _tracker(app: App) -> str:
    settings = app.config.settings
    if not settings.web.enabled:
        raise Failed("nothing takes its deliveries: write web.enabled = true, or take [tracker] away")
    at = settings.public_url.rstrip("/") or f"http://{settings.web.host}:{settings.web.port}"
    return f"its signed deliveries are taken at {at}/hooks/linked"


def _smtp(app: App) -> str:
    return asyncio.run(_try_smtp(app))


async def _try_smtp(app: App) -> str:
    tried = await Smtp(smtp_server(app.config)).check()
    step, said = tried.steps[-1]
    if tried.failed:
        raise Failed(f"{step}: {said}")
    return f"ready; offers {', '.join(sorted(name for name, _ in tried.extensions)) or 'no extension'}"
