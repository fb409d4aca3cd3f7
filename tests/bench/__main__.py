"""How fast it is, from a Dovecot to tickets with queued answers, and from there to an SMTP server. Figures of one run compare, no others.

`./do bench` runs all parts; `./do bench intake answers` those. Limits of acknowledgements are off, so that each mail has its answer.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from postroom.app import open_app
from tests.bench import ceiling
from tests.bench.answered import answered
from tests.bench.asked import everything
from tests.bench.backed_up import archive, backing_up
from tests.bench.digested import digested
from tests.bench.kept import multiply
from tests.bench.latency import latency
from tests.bench.mails import large, mails
from tests.bench.measure import Run, measured
from tests.bench.pages import aged, amid_intake, at_rest, talk
from tests.bench.reported import reported, summed, work
from tests.bench.sink import Sink
from tests.bench.waiting import DUE, MANY, ticked, wait
from tests.servers.dovecot import Dovecot, available
from tests.servers.postgres import Postgres
from tests.servers.smtp_script import SmtpServer
from tests.walk.killing import ask
from tests.walk.lab import PASSWORD, SQLITE, Lab

COUNT = 2000
FEW = 500  # times KEPT, too
LABS = 40  # at most
BACKLOG = 10_000
KEPT = 100  # times COUNT
LONG = 3  # times COUNT: an intake long enough for each page to be asked for as often as at rest
IMPORTED = 20_000
BACKED_UP = 50  # times COUNT
LIMITS = (
    "per_address_10_minutes",
    "per_address_hour",
    "per_address_day",
    "per_domain_hour",
    "per_domain_day",
    "automatic_per_address_day",
    "global_hour",
    "same_mail_day",
    "tickets_per_sender_hour",
)
LIMITS_OFF = "\n[limits]\n" + "\n".join(f"{name} = 1000000" for name in LIMITS)
FAULTS: list[str] = []
RATES = {"sqlite": 250, "postgresql": 150}  # mails a second, at least
ANSWERS = 1000  # a second, at least
IMPORT = 300  # mails a second, at least
BACKUP = 0.8  # of the intake without one, at least
TURNS = 3
MOST_MEMORY = 300  # MB
PAGE = 0.05  # seconds, at the 95th percentile
REPORT = 0.3
INTAKE = ("run", "--once", "--only", "receive,process")


class Bench:
    """The servers, and a new postroom on them for each part."""

    def __init__(self, folder: Path, dovecot: Dovecot, postgres: Postgres, sink: Sink) -> None:
        self.folder, self.dovecot, self.postgres, self.sink = folder, dovecot, postgres, sink
        self._number = 0

    def lab(self, kind: str = "sqlite", smtp: SmtpServer | None = None) -> Lab:
        self._number += 1
        name, database = f"bench{self._number}", SQLITE
        if kind == "postgresql":
            self.postgres.create(name)
            database = self.postgres.url(name)
        place = self.folder / name
        return Lab(place, self.dovecot, smtp or self.sink, number=self._number, more=LIMITS_OFF, database=database)

    def intake(self, lab: Lab, raws: list[bytes]) -> Run:
        """From the first byte of the process to its end: every mail on a ticket, its answer queued."""
        for raw in raws:
            lab.deliver(raw)
        run = measured(lab.popen(*INTAKE))
        ((queued,),) = ask(lab, "SELECT count(*) FROM outbox WHERE state = 'queued'")
        assert queued >= len(raws), f"{queued} answers to {len(raws)} mails"
        return run


def prove(what: str, figure: float, floor: float, *, at_most: bool = False) -> None:
    """Notes what is worse than the product promises."""
    if figure > floor if at_most else figure < floor:
        FAULTS.append(f"{what}: {figure:.3g}, and the floor is {floor:g}")


def say(what: str, rate: float, run: Run | None = None, per: int = 0) -> None:
    more = f"{run.seconds:7.2f} s {1000 * run.cpu / per:7.2f} ms CPU a mail {run.peak:5.0f} MB" if run else ""
    print(f"{what:58} {rate:8.0f} a second {more}", flush=True)


def intake(bench: Bench) -> None:
    raws = mails(COUNT)
    print(f"{COUNT} mails of {sum(map(len, raws)) // COUNT} octets; memory is the sum of PSS over all processes")
    lab = bench.lab()
    for raw in raws:
        lab.deliver(raw)
    box = (lab.dovecot.port, f"support{lab.number}", PASSWORD)
    say("limit: FETCH alone", ceiling.fetched(*box))
    say(f"limit: FETCH and mail-parser, {os.cpu_count()} processors", ceiling.parsed(*box, os.cpu_count() or 1))
    for kind in ("sqlite", "postgresql"):
        run = bench.intake(bench.lab(kind), raws)
        say(f"intake: Dovecot to tickets with queued answers, {kind}", COUNT / run.seconds, run, COUNT)
        prove(f"intake, {kind}, mails a second", COUNT / run.seconds, RATES[kind])
        prove(f"intake, {kind}, MB", run.peak, MOST_MEMORY, at_most=True)


def kept(bench: Bench) -> None:
    """The same intake beside 200,000 mails, three times each in turn."""
    for kind in ("sqlite", "postgresql"):
        full = bench.lab(kind)
        bench.intake(full, mails(COUNT))
        app = open_app(str(full.folder / "postroom.toml"))
        there = multiply(app.database, KEPT)
        app.database.close()
        rates: dict[str, list[float]] = {"empty": [], "full": []}
        for turn in range(3):
            raws = mails(COUNT, seed=100 + turn)
            rates["empty"].append(COUNT / bench.intake(bench.lab(kind), raws).seconds)
            rates["full"].append(COUNT / bench.intake(full, raws).seconds)
        empty, loaded = median(rates["empty"]), median(rates["full"])
        say(f"intake beside {there:,} kept mails, {kind}: {100 * loaded / empty:.0f} % of empty", loaded)
        prove(f"intake beside kept mails, {kind}, part of empty", loaded / empty, 0.9)


def imports(bench: Bench) -> None:
    for kind in RATES:
        lab = bench.lab(kind)
        run = measured(lab.popen("import", str(archive(lab.folder, mails(IMPORTED))), "--yes"))
        say(f"import of {IMPORTED:,}, {kind}", IMPORTED / run.seconds, run, IMPORTED)
        prove(f"import, {kind}, mails a second", IMPORTED / run.seconds, IMPORT)


def backup(bench: Bench) -> None:
    """Intake beside one backup of 100,000 mails after the other, and without, three times each in turn."""
    lab = bench.lab()
    bench.intake(lab, mails(COUNT))
    app = open_app(str(lab.folder / "postroom.toml"))
    there = multiply(app.database, BACKED_UP)
    app.database.close()
    rates: dict[str, list[float]] = {"alone": [], "beside": []}
    backups = 0
    for turn in range(TURNS):
        rates["alone"].append(COUNT / bench.intake(lab, mails(COUNT, seed=200 + turn)).seconds)
        with backing_up(lab) as done:
            rates["beside"].append(COUNT / bench.intake(lab, mails(COUNT, seed=300 + turn)).seconds)
        backups += len(done)
    alone, beside = median(rates["alone"]), median(rates["beside"])
    say(f"intake beside {backups} backups of {there:,} mails: {100 * beside / alone:.0f} % of alone", beside)
    prove("intake beside backups, part of alone", beside / alone, BACKUP)


def served_pages(bench: Bench) -> None:
    """The pages of staff and of a client, with 200,000 tickets and a million entries: at rest, and while mail comes in."""
    for kind in ("sqlite", "postgresql"):
        lab = bench.lab(kind)
        bench.intake(lab, mails(COUNT))
        app = open_app(str(lab.folder / "postroom.toml"))
        there = multiply(app.database, KEPT)
        start = time.perf_counter()
        aged(app)
        entries = talk(app)
        print(f"{there:,} tickets with {entries:,} entries, {kind}, indexed in {time.perf_counter() - start:.0f} s")
        asked = everything(app)
        rest, amid = at_rest(app, asked), amid_intake(app, lab, asked, LONG * COUNT)
        for when, taken in (("at rest", rest), ("amid intake", amid)):
            for path, seconds in taken.items():
                print(f"page {path}, {when}, {kind}: p95 {1000 * seconds:.0f} ms", flush=True)
                prove(f"page {path}, {when}, {kind}, p95 in seconds", seconds, PAGE, at_most=True)
        app.database.close()


def reports(bench: Bench) -> None:
    """The reports of staff, with 200,000 tickets of two years."""
    for kind in RATES:
        app = open_app(str(bench.lab(kind).folder / "postroom.toml"))
        work(app)
        days = summed(app)
        print(f"the sheets of two years, {kind}: {days:.1f} s", flush=True)
        for name, seconds in reported(app).items():
            print(f"{name} with {MANY:,} tickets, {kind}: p95 {1000 * seconds:.0f} ms", flush=True)
            prove(f"{name}, {kind}, p95 in seconds", seconds, REPORT, at_most=True)
        app.database.close()


def answers(bench: Bench) -> None:
    """Three times each; a fresh lab answers, then the same mails are queued again."""
    for kind in RATES:
        lab = bench.lab(kind)
        bench.intake(lab, mails(COUNT))
        app = open_app(str(lab.folder / "postroom.toml"))
        turns = [answered(app, bench.sink.port) for _ in range(TURNS)]
        app.database.close()
        bare_rate, rate, ratio, cpu = (median(column) for column in zip(*turns, strict=True))
        say(f"limit: bare aiosmtplib to smtp-sink, nothing recorded, beside {kind}", bare_rate)
        say(f"answers: outbox to smtp-sink, each recorded, {kind}", rate)
        print(
            f"  {ratio:.2f} of bare, of whose CPU a mail it needs {cpu:.1f} times as much (medians of {TURNS})",
            flush=True,
        )
        prove(f"answers, {kind}, a second", rate, ANSWERS)


def waiting(bench: Bench) -> None:
    for kind in RATES:
        for backlog, samples in ((0, 100), (COUNT, 30)):
            with SmtpServer() as smtp:
                p50, p99, left = latency(bench.lab(kind, smtp), smtp, samples, backlog)
            if not backlog:
                prove(f"delivery to accepted answer, idle, {kind}, p99 in seconds", p99, 1.5, at_most=True)
            beside = f"beside {backlog} mails in the other mailbox ({left} left at the end)" if backlog else "idle"
            print(f"delivery to accepted answer, {kind}, {beside}: p50 {p50:.2f} s, p99 {p99:.2f} s", flush=True)


def timers(bench: Bench) -> None:
    """One look at the timers of 200,000 tickets, a hundred of which are due: the query, and all that follows from it."""
    for kind in ("sqlite", "postgresql"):
        lab = bench.lab(kind)
        app = open_app(str(lab.folder / "postroom.toml"))
        wait(app)
        asked, tick, moved = ticked(app)
        idle = ticked(app)
        app.database.close()
        assert (moved, idle[2]) == (DUE, 0), f"{moved} tickets moved, then {idle[2]}"
        said = (
            f"query {1000 * asked:.1f} ms, all {DUE} moved on {1000 * tick:.0f} ms, then idle {1000 * idle[1]:.1f} ms"
        )
        print(f"a tick with {MANY:,} waiting tickets, {DUE} due, {kind}: {said}", flush=True)
        prove(f"the query of a tick, {kind}, seconds", asked, 0.2, at_most=True)
        prove(f"an idle tick, {kind}, seconds", idle[1], 0.2, at_most=True)


def digest(bench: Bench) -> None:
    """The digests of 50,000 tickets that wait for us, then beside 200,000 that wait for their clients."""
    for kind in RATES:
        lab = bench.lab(kind)
        bench.intake(lab, mails(FEW))
        app = open_app(str(lab.folder / "postroom.toml"))
        there = multiply(app.database, KEPT)
        for what in (f"{there:,} tickets", f"{there:,} tickets beside {MANY:,} that wait"):
            if what.endswith("wait"):
                wait(app)
            for notice, seconds in digested(app).items():
                print(f"{notice} of {what}, {kind}: {1000 * seconds:.0f} ms", flush=True)
                prove(f"{notice} of {what}, {kind}, seconds", seconds, 2, at_most=True)
        app.database.close()


def backlog(bench: Bench) -> None:
    for kind in ("sqlite", "postgresql"):
        run = bench.intake(bench.lab(kind), mails(BACKLOG, seed=3))
        say(f"a backlog of {BACKLOG:,} mails, {kind}", BACKLOG / run.seconds, run, BACKLOG)
        prove(f"a backlog, {kind}, seconds", run.seconds, 60, at_most=True)
        prove(f"a backlog, {kind}, MB", run.peak, MOST_MEMORY, at_most=True)


def huge(bench: Bench) -> None:
    lab = bench.lab()
    lab.deliver(large(36 * 1024 * 1024))
    run = measured(lab.popen(*INTAKE))
    print(f"one mail of 50 MB: {run.seconds:.1f} s, {run.peak:.0f} MB", flush=True)
    prove("one mail of 50 MB, MB", run.peak, MOST_MEMORY, at_most=True)


def help_(bench: Bench) -> None:
    taken = []
    for _ in range(7):
        start = time.perf_counter()
        bench.lab().do("--help")
        taken.append(time.perf_counter() - start)
    print(f"postroom --help: {median(taken):.2f} s", flush=True)
    prove("postroom --help, seconds", median(taken), 0.25, at_most=True)


PARTS: dict[str, Callable[[Bench], None]] = {
    "intake": intake,
    "answers": answers,
    "waiting": waiting,
    "timers": timers,
    "digest": digest,
    "backlog": backlog,
    "huge": huge,
    "help": help_,
    "kept": kept,
    "import": imports,
    "backup": backup,
    "pages": served_pages,
    "reports": reports,
}


@contextmanager
def servers() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        users = {f"{role}{number}": PASSWORD for role in ("support", "escalate") for number in range(1, LABS)}
        with Dovecot(place / "imap", users=users) as dovecot, Postgres(fsync=True) as postgres, Sink() as sink:
            yield Bench(place, dovecot, postgres, sink)


def main() -> None:
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"bench: there is no part {', '.join(sorted(unknown))}; parts are {', '.join(PARTS)}")
    if reason := available():
        sys.exit(f"bench: {reason}")
    with servers() as bench:
        for name in wanted:
            PARTS[name](bench)
    for fault in FAULTS:
        print(f"below the floor: {fault}")
    sys.exit(bool(FAULTS))


if __name__ == "__main__":
    main()
