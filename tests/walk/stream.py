"""Stream: mails of every kind as chance has them, and staff at work meanwhile. It checks nothing; `killing` does."""

import random

from tests.walk.killing import ask
from tests.walk.lab import answer_to
from tests.walk.post import Post, octets, person, second_delivery
from tests.walk.service import do


class Stream:
    """New mails, replies to what was sent, second deliveries; and what staff do."""

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
        clients = [one for one in self.post.lab.smtp.accepted if "@client" in one.recipient]
        sent = [one for one in clients if number_in(one.recipient) % 5]
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
