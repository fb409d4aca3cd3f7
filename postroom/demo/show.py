"""`postroom demo`: sample mails through the whole program, before the user's eyes; then it stays up for mails of their own."""

import asyncio
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event, Thread

import click
from rich.console import Console
from rich.live import Live

from outbound.outbox import State
from postroom import log, pipeline
from postroom.app import App, open_app
from postroom.clock import now
from postroom.demo.became import became
from postroom.demo.board import Board, Shown
from postroom.demo.imap import ImapServer
from postroom.demo.place import clear, free_port, held, settle
from postroom.demo.samples import Sample, samples
from postroom.demo.send import send
from postroom.demo.smtp import SmtpServer
from postroom.parsers import Parsers
from postroom.processing import Processor
from postroom.reading import Parsed, read
from postroom.receiving import Receiver
from postroom.worker import Worker
from store import reports, sessions
from store.lines import Wanted

MAILBOXES = {"support@demo.test": "support", "escalate@demo.test": "escalate"}
CLIENT = "nora.whitfield@registrar.example.org"  # who wrote more than once among the samples
LOOK_SECONDS = 0.5
A_DAY = timedelta(days=1)


def demo(*, once: bool, port: int) -> bool:
    """Runs the demo. Whether every mail ended where it can be seen."""
    log.start(quiet=True)
    password = secrets.token_hex(8)
    parsers = Parsers(read)  # before any thread
    with ExitStack() as stack:
        stack.callback(parsers.close)
        imap = stack.enter_context(ImapServer(dict.fromkeys(MAILBOXES.values(), password)))
        smtp = stack.enter_context(SmtpServer(MAILBOXES, imap.append, port))
        # What is shown once leaves nothing behind; what stays up is found by other terminals.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) if once else clear()
        stack.enter_context(held(folder))
        web = free_port()
        settle(folder, imap.port, smtp.port, password, web)
        app = open_app(str(folder / "postroom.toml"))
        stack.callback(app.database.close)
        show = Show(app, str(folder / "postroom.toml"), parsers, smtp)
        good = show.samples()
        if not once:
            from postroom.demo.page import DemoPage  # noqa: PLC0415  (what is shown once has no pages)

            enter = partial(sign_in, app, web)
            page = stack.enter_context(DemoPage(app, send, enter))
            pages = enter("kim@demo.test", "/tickets"), enter(CLIENT, "/my")
            click.echo(invitation(str(folder / "postroom.toml"), smtp.port, page.address, *pages))
            show.stay()
    return good


def sign_in(app: App, port: int, address: str, back: str) -> str:
    """A link that signs somebody in, once, as long as a demo is looked at."""
    secret = secrets.token_urlsafe(32)
    with app.database.write() as tx:
        sessions.ask(tx, secret, address, back, app.now(), app.now() + A_DAY)
    return f"http://127.0.0.1:{port}/sign-in/{secret}"


def invitation(config: str, port: int, page: str, pages: str, mine: str) -> str:
    return f"""
The demo stays up (Ctrl-C ends it). Write it a mail, and watch what becomes of it, on a page of the demo's own:

  {page}

It takes mail on 127.0.0.1 port {port}, too, and shows its tickets to Kim of the support team:

  {pages}

A client sees their own requests, in another browser or a private window:

  {mine}

Try, in another terminal:

  export POSTROOM_CONFIG={config}
  postroom demo send "The page stays white after saving"
  swaks --server 127.0.0.1:{port} --to support@demo.test --from you@example.com --body "Hello"
  postroom tickets
  postroom ticket 1001
  postroom set 1001 "Pending Client Feedback"
  postroom outbox

In a clone, write ./do postroom for postroom.
"""


class Show:
    """The program at work on the demo's mailboxes."""

    def __init__(self, app: App, option: str, parsers: Parsers[Parsed], smtp: SmtpServer) -> None:
        self._app = app
        self._option = option
        self._parsers = parsers
        self._smtp = smtp
        self._shown = 0  # the last mail of the ledger that was shown

    def samples(self) -> bool:
        """Every sample, one after the other; then the sums."""
        console = Console(markup=False, highlight=False, emoji=False)
        board = Board()
        with ExitStack() as stack:
            live = (
                stack.enter_context(Live(board.table(), console=console, vertical_overflow="visible"))
                if console.is_terminal
                else None
            )
            mailboxes = [
                stack.enter_context(pipeline.open_mailbox(self._app, box)) for box in self._app.config.mailboxes
            ]
            receivers = [
                Receiver(self._app, box, mailbox)
                for box, mailbox in zip(self._app.config.mailboxes, mailboxes, strict=True)
            ]
            for sample in samples(now()):
                self._settle(sample, receivers)
                for row in self._new_rows(sample.story):
                    board.add(row)
                    if live:
                        live.update(board.table())
                    else:
                        click.echo(row.line())
        return self._sums()

    def stay(self) -> None:
        """Works like `postroom run`, and prints a line for each mail that is settled."""
        ended = Event()
        watcher = Thread(target=self._watch, args=(ended,), daemon=True)
        watcher.start()
        Worker(self._app, self._option, self._parsers).run()
        ended.set()
        watcher.join()

    def _settle(self, sample: Sample, receivers: list[Receiver]) -> None:
        for role in sample.roles:
            self._smtp.accept(sample.sender, f"{role}@demo.test", sample.raw)
        for receiver in receivers:
            receiver.receive()
        processor = Processor(self._app, self._parsers)
        while processor.process():
            pass
        asyncio.run(pipeline.deliver(self._app))

    def _watch(self, ended: Event) -> None:
        while not ended.wait(LOOK_SECONDS):
            for row in self._new_rows(""):
                click.echo(row.line())

    def _new_rows(self, story: str) -> Iterator[Shown]:
        with self._app.database.read() as tx:
            settled = [mail for mail in reversed(reports.mails(tx, limit=50)) if mail.id > self._shown]
        for mail in settled:
            if mail.state == "pending":
                return  # the later ones wait, too: the order is the order of the mails
            self._shown = mail.id
            yield became(self._app, mail, story)

    def _sums(self) -> bool:
        with self._app.database.read() as tx:
            sums = reports.balance(tx)
            sent = [line for line in reports.outgoing(tx) if line.recipient.lower() not in self._app.config.ours.staff]
            tickets = len(reports.tickets(tx, Wanted()))
        out = sum(line.state == State.SENT for line in sent)
        click.echo(
            f"{sums.fetched} mails: {sums.on_tickets} on {tickets} tickets, {sums.parked} parked,"
            f" {sums.quarantined} quarantined, {sums.pending} pending; {out} of {len(sent)} answers sent"
        )
        return sums.even and not sums.pending and out == len(sent)
