"""Post: mails that were delivered, and a record of what has to come of them. It checks nothing; `killing` does."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as CRLF

from tests.walk.lab import Lab, mail


@dataclass
class Post:
    """What was delivered, and what has to come of it."""

    lab: Lab
    delivered: list[tuple[str, bytes]] = field(default_factory=list)  # mailbox, bytes
    again: int = 0  # of them, second deliveries of a mail
    tickets: int = 0

    def deliver(self, raw: bytes, to: str = "support", *, opens: bool = True, again: bool = False) -> None:
        self.lab.deliver(raw, to)
        self.delivered.append((to, raw))
        self.tickets += opens and not again
        self.again += again


def person(number: int, *, to: str = "support@example.test", lines: int = 1) -> bytes:
    """A mail from somebody of an organisation of their own, so that no limit holds an answer back."""
    return octets(
        mail(
            f"The page of course {number} stays white after saving.\n" * lines,
            sender=f"Client {number} <c{number}@client{number}.example>",
            to=to,
            subject=f"Course {number} is white",
            message_id=f"<course{number}@client{number}.example>",
        )
    )


def octets(made: EmailMessage) -> bytes:
    return made.as_bytes(policy=CRLF)


def second_delivery(raw: bytes) -> bytes:
    return b"Received: from b.example by mx.example.test; Sun, 22 Nov 2026 10:00:00 +0000\r\n" + raw
