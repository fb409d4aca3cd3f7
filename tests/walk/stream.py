"""Stream: mails of several people, as chance has them, and a record of what must come of them. It checks nothing."""

import random
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as CRLF

XX
from tests.walk.lab import Lab, answer_to, mail
from tests.walk.service import do


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


class Stream:
    """Mails of every kind as chance has it: new ones, replies to what was sent, second deliveries."""

    def __init__(self, post: Post, chance: random.Random) -> None:
        self.post, self.chance = post, chance
        self.people: list[bytes] = []
        self.replies = 0

    def deliver(self, most: int) -> None:
        for _ in range(self.chance.randint(1, most)):
            self.chance.choices([self.new, self.reply, self.second], [14, 3, 3])[0]()

    def new(self) -> None:
        self.people.append(person(len(self.people)))
        self.post.deliver(self.people[-1])

    def reply(self) -> None:
        """Never to a ticket that staff have moved: there it would be acknowledged again."""
        sent = [one for one in self.post.lab.smtp.accepted if number_in(one.recipient) % 5]
        if sent:
            one = self.chance.choice(sent)
            self.replies += 1
            text = f"It is white in Firefox, too. That makes {self.replies}.\n"
            self.post.deliver(octets(answer_to(one.raw, text, sender=one.recipient)), opens=False)

    def second(self) -> None:
        if self.people:
            self.post.deliver(second_delivery(self.chance.choice(self.people)), again=True)

    def staff(self) -> None:
        """What makes a mail that is no acknowledgement."""
        found = ask(self.post.lab, "SELECT number, requester FROM ticket WHERE status = 'outstanding'")
        free = [number for number, requester in found if number_in(requester) % 5 == 0]
        if free:
            status = self.chance.choice(["Pending Client Feedback", "Support Rep Working"])
            do(self.post.lab, "set", str(self.chance.choice(free)), status)


def number_in(address: str) -> int:
    return int(address.partition("@")[0].removeprefix("c"))


