"""How fast it is: 1,000 mails of about 6 KB from a Dovecot to tickets with queued answers. Figures of one run compare, no others.

Run it with `./do bench [N] [--profile]`. Limits of acknowledgements are off, so that every mail has its answer rendered and queued.
"""

import cProfile
import pstats
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from inbound.parse import parse
from postroom import pipeline
from postroom.app import open_app
from postroom.parsers import Parsers
from postroom.processing import Processor
from postroom.reading import read
from tests.servers.dovecot import Dovecot, available
from tests.servers.smtp_script import SmtpServer
from tests.walk.lab import PASSWORD, Lab

WORDS = (
    "catalog",
    "course",
    "page",
    "report",
    "save",
    "white",
    "button",
    "login",
    "export",
    "student",
    "term",
    "update",
)
LIMITS_OFF = "\n[limits]\n" + "\n".join(
    f"{name} = 1000000"
    for name in (
        "per_address_10_minutes",
        "per_address_hour",
        "per_address_day",
        "per_domain_hour",
        "per_domain_day",
        "automatic_per_address_day",
        "global_hour",
        "same_mail_day",
    )
)


def mails(count: int, seed: int = 7) -> list[bytes]:
    """Persons' mails of about 6 KB, a third of them with HTML and an attachment."""
    chance = random.Random(seed)
    return [_mail(chance, number) for number in range(count)]


def _mail(chance: random.Random, number: int) -> bytes:
    made = EmailMessage(policy=SMTP)
    who = f"client{number}@org{chance.randrange(200)}.example"
    made["Return-Path"] = f"<{who}>"
    made["From"], made["To"] = f"Client {number} <{who}>", "support@example.test"
    made["Subject"] = " ".join(chance.choices(WORDS, k=5))
    made["Date"] = format_datetime(datetime.now(UTC) - timedelta(minutes=count_down(number)))
    made["Message-ID"] = f"<{number}.{chance.randrange(10**9)}@bench.example>"
    rich = number % 3 == 0
    text = _text(chance, 1500 if rich else 5200)
    made.set_content(text)
    if rich:
        made.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
        made.add_attachment(chance.randbytes(1400), maintype="image", subtype="png", filename="screen.png")
    return made.as_bytes()


def count_down(number: int) -> int:
    return 1440 - number % 1440


def _text(chance: random.Random, size: int) -> str:
    lines = [" ".join(chance.choices(WORDS, k=10)) for _ in range(size // 60)]
    return "\n".join(lines) + "\n"


def timed(name: str, count: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    print(f"{name:44} {count / seconds:10.0f} mails/s   {seconds:6.2f} s")
    return seconds


def main() -> None:
    if reason := available():
        sys.exit(f"bench: {reason}")
    count = next((int(one) for one in sys.argv[1:] if one.isdigit()), 1000)
    raws = mails(count)
    print(f"{count} mails of {sum(map(len, raws)) // count} octets, SQLite, synchronous=FULL, limits off")
    with (
        tempfile.TemporaryDirectory() as folder,
        Dovecot(Path(folder) / "imap", users={"support0": PASSWORD, "escalate0": PASSWORD}) as dovecot,
        SmtpServer() as smtp,
    ):
        lab = Lab(Path(folder) / "postroom", dovecot, smtp, more=LIMITS_OFF)
        for raw in raws:
            lab.deliver(raw)
        parsers = Parsers(read)
        app = open_app(str(lab.folder / "postroom.toml"))
        timed("parse alone, one core", count, lambda: [parse(raw) for raw in raws])
        timed("parse in the workers", count, lambda: parsers.parse(raws))
        received = timed(
            "receive: Dovecot to ledger, filed",
            count,
            lambda: [pipeline.receive(app, box) for box in app.config.mailboxes],
        )
        processor = Processor(app, parsers)
        profile = cProfile.Profile()

        def process() -> None:
            while processor.process():
                pass

        work = (lambda: profile.runcall(process)) if "--profile" in sys.argv else process
        processed = timed("process: ledger to tickets, answers queued", count, work)
        print(f"{'both, one after the other':44} {count / (received + processed):10.0f} mails/s")
        parsers.close()
        if "--profile" in sys.argv:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
