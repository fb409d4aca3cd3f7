"""Mails of the benchmark: persons' mails of about 6 KB, a third with HTML and an attachment, the same for the same seed."""

import random
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

WORDS = "catalog course page report save white button login export student term update".split()  # noqa: SIM905
CALM = 1440  # minutes over which their dates are spread: none is too old for an answer


def mails(count: int, seed: int = 7, to: str = "support@example.test") -> list[bytes]:
    """`count` mails, each of a sender of its own, from 200 organisations."""
    chance = random.Random(seed)
    return [_mail(chance, f"{seed}.{number}", number, to) for number in range(count)]


def _mail(chance: random.Random, name: str, number: int, to: str) -> bytes:
    made = EmailMessage(policy=SMTP)
    who = f"client{name}@org{chance.randrange(200)}.example"
    made["Return-Path"] = f"<{who}>"
    made["From"], made["To"] = f"Client {number} <{who}>", to
    made["Subject"] = " ".join(chance.choices(WORDS, k=5))
    made["Date"] = format_datetime(datetime.now(UTC) - timedelta(minutes=CALM - number % CALM))
    made["Message-ID"] = f"<{name}.{chance.randrange(10**9)}@bench.example>"
    rich = number % 3 == 0
    text = _text(chance, 1500 if rich else 5200)
    made.set_content(text)
    if rich:
        made.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
        made.add_attachment(chance.randbytes(1400), maintype="image", subtype="png", filename="screen.png")
    return made.as_bytes()


def large(size: int) -> bytes:
    """One mail with an attachment of `size` octets."""
    made = EmailMessage(policy=SMTP)
    made["Return-Path"] = "<ada@client.example>"
    made["From"], made["To"], made["Subject"] = "Ada Quill <ada@client.example>", "support@example.test", "The export"
    made["Date"], made["Message-ID"] = format_datetime(datetime.now(UTC)), "<export@client.example>"
    made.set_content("Here is the export that fails.\n")
    made.add_attachment(random.Random(1).randbytes(size), maintype="application", subtype="zip", filename="export.zip")
    return made.as_bytes()


def _text(chance: random.Random, size: int) -> str:
    lines = [" ".join(chance.choices(WORDS, k=10)) for _ in range(size // 60)]
    return "\n".join(lines) + "\n"
