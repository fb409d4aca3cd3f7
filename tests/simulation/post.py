"""The mails of the simulated world, and what has to come of each. It delivers none, and checks none."""

from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime

from tests.simulation.servers import Taken
from tests.simulation.world import World

CLIENTS = ("ada@one.example", "bea@two.example", "cyd@gmail.com")
MACHINES = ("news@lists.example", "noreply@shop.example", "mailer-daemon@one.example")
SUPPORT, ESCALATE = "support@example.test", "escalate@example.test"


@dataclass(frozen=True, slots=True)
class Written:
    """One mail as somebody wrote it; it may be delivered more than once. `to` names the mailboxes."""

    name: str  # its Message-ID, or what stands for it
    raw: bytes
    to: tuple[str, ...] = ("support",)
    person: bool = True
    answers: str = ""  # the Message-ID of ours that it replies to
    bounces: str = ""  # the Message-ID of ours that it returns

    def again(self, hop: int) -> "Written":
        """The same mail over another way: other trace headers, the same content."""
        trace = b"Received: from hop%d.example by mx.example.test; Mon, 02 Nov 2026 15:00:00 +0000\r\n" % hop
        return replace(self, raw=trace + self.raw)


class Writer:
    """Writes what chance has it write."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._count = 0

    def person(self) -> Written:
        who = self._world.chance.choice(CLIENTS)
        boxes = self._world.chance.choice(
            (("support",), ("support",), ("support",), ("escalate",), ("support", "escalate"))
        )
        to = ", ".join(SUPPORT if box == "support" else ESCALATE for box in boxes)
        made = self._mail(who, to, f"Course {self._next()} is white", f"Course {self._count} stays white.\n")
        return self._written(made, to=boxes)

    def borrowed(self, one: Written) -> Written:
        """Another mail under an id that is taken (T30): kept as its own."""
        made = self._mail(
            "eve@three.example", SUPPORT, f"Mine {self._next()}", f"Quite another thing: {self._count}.\n"
        )
        made.replace_header("Message-ID", one.name)
        return replace(self._written(made), name=f"{one.name} borrowed {self._count}")

    def machine(self) -> Written:
        who = self._world.chance.choice(MACHINES[:2])
        made = self._mail(who, SUPPORT, f"News {self._next()}", "Read all about it.\n")
        made["List-Id"], made["Precedence"], made["List-Unsubscribe"] = (
            "<news.lists.example>",
            "bulk",
            "<https://lists.example/u>",
        )
        return self._written(made, person=False)

    def reply(self, ours: Taken) -> Written:
        said = message_from_bytes(ours.raw, EmailMessage, policy=default)
        text = f"It is white in Firefox, too: {self._next()}.\n"
        made = self._mail(ours.recipient, str(said["Reply-To"]), f"Re: {said['Subject']}", text)
        made["In-Reply-To"] = made["References"] = ours.message_id
        return self._written(made, answers=ours.message_id)

    def bounce(self, ours: Taken) -> Written:
        """RFC 3464, with the headers of the mail that comes back."""
        heads = "\r\n".join(ours.raw.partition(b"\r\n\r\n")[0].decode("ascii", "replace").split("\r\n"))
        raw = (
            "Return-Path: <>\r\nFrom: mailer-daemon@one.example\r\nTo: support@example.test\r\n"
            f"Subject: Undelivered Mail\r\nDate: {format_datetime(self._world.now())}\r\n"
            f"Message-ID: <bounce{self._next()}@one.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; one.example\r\n\r\n"
            f"Final-Recipient: rfc822; {ours.recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{heads}\r\n\r\n--b--\r\n"
        )
        return Written(f"<bounce{self._count}@one.example>", raw.encode(), person=False, bounces=ours.message_id)

    def _mail(self, who: str, to: str, subject: str, text: str) -> EmailMessage:
        made = EmailMessage(policy=SMTP)
        made["Return-Path"], made["From"], made["To"], made["Subject"] = f"<{who}>", who, to, subject
        made["Date"] = format_datetime(self._world.now())
        made["Message-ID"] = f"<m{self._count}@{who.partition('@')[2]}>"
        made.set_content(text)
        return made

    def _written(
        self, made: EmailMessage, *, to: tuple[str, ...] = ("support",), person: bool = True, answers: str = ""
    ) -> Written:
        return Written(str(made["Message-ID"]), made.as_bytes(), to, person, answers)

    def _next(self) -> int:
        self._count += 1
        return self._count
