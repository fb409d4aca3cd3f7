"""SIGKILL at every point of ARCHITECTURE.md's table, and at random moments: nothing is lost, nothing is done twice.

The numbers are those of the table.
"""

import os
import random
import signal
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from subprocess import Popen, TimeoutExpired

import pytest

from tests.servers.cutting_proxy import CuttingProxy
from tests.servers.smtp_script import SmtpServer
from tests.walk.killing import PATIENCE, Post, Sums, ask, count, die
from tests.walk.lab import Lab, answer_to, mail
from tests.walk.service import Service, do, rows

PEOPLE = 7
LARGE = 40_000  # octets of a mail's body: half of it is more than one line
LIVES = 30
LONGEST_LIFE = 2.5  # seconds
SEED = 20261122

Told = Callable[[Sums], None]
Lines = list[bytes]


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Told:
    """Puts sums into the report; tests/conftest.py adds them up."""
    return lambda sums: record_property("kill test", dict(sums))


@pytest.fixture
def post(lab: Lab) -> Post:
    """Mails that wait in both mailboxes: of several people, one delivered twice, one to both addresses."""
    post = Post(lab)
    for number in range(PEOPLE):
        post.deliver(person(number))
    post.deliver(second_delivery(post.delivered[0][1]), again=True)
    post.deliver(person(PEOPLE, to="escalate@example.test"), "escalate")
    return post


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


def number_of(lab: Lab, question: str) -> int:
    ((found,),) = ask(lab, f"SELECT count(*) FROM {question}")
    return int(found)


# What is on the disk, or on the server, when the process has died there: proof that it died where it should.
FOUND: dict[str, Callable[[Lab], bool]] = {
    "1 fetch.before": lambda lab: number_of(lab, "mail") == 0 and number_of(lab, "folder") > 0,
    "3 raw.before_commit": lambda lab: number_of(lab, "mail") == 0 and number_of(lab, "folder") > 0,
    "4 raw.after_commit": lambda lab: number_of(lab, "mail") > 0 and lab.left() + lab.left("escalate") == PEOPLE + 2,
    "5 move.sent_no_ok": lambda lab: (
        number_of(lab, "mail WHERE NOT moved") > 0 and 0 in {lab.left(), lab.left("escalate")}
    ),
    "8 tx.mid:2": lambda lab: (
        number_of(lab, "counter WHERE name = 'ticket' AND value > 1000") == 1 and number_of(lab, "ticket") <= 1
    ),
    "10 tx.after_commit": lambda lab: number_of(lab, "ticket") == number_of(lab, "outbox WHERE state = 'queued'") > 0,
}


@pytest.mark.parametrize("point", FOUND)
def test_killed_on_the_way_in_every_mail_has_one_ticket_and_one_answer(post: Post, point: str, told: Told) -> None:
    die(post.lab, point.split()[1])
    assert FOUND[point](post.lab)
    post.lab.once()
    sums = count(post, kills=1)
    assert sums["sends"] == sums["tickets"] == PEOPLE + 1
    assert sums["resting as unknown"] == 0
    told(sums)


def test_2_killed_amid_a_mail_keeps_nothing_of_it_and_fetches_it_whole(post: Post, told: Told) -> None:
    lab = post.lab
    post.deliver(person(PEOPLE + 1, lines=1000))
    with CuttingProxy(lab.dovecot.port) as proxy:
        through(lab, proxy)
        process = lab.popen("run", "--once")
        proxy.cut_once(LARGE, lambda: os.kill(process.pid, signal.SIGKILL))
        _, log = process.communicate(timeout=PATIENCE)
        assert (process.returncode, proxy.cut.wait(PATIENCE)) == (-signal.SIGKILL, True), log
        assert number_of(lab, "mail") == 0
        lab.once()
    sums = count(post, kills=1)
    assert sums["sends"] == sums["tickets"] == PEOPLE + 2
    told(sums)


def test_2_a_connection_that_is_cut_amid_a_mail_is_made_again_and_the_mail_is_whole(post: Post, told: Told) -> None:
    lab = post.lab
    post.deliver(person(PEOPLE + 1, lines=1000))
    with CuttingProxy(lab.dovecot.port) as proxy:
        through(lab, proxy)
        proxy.cut_once(LARGE)
        with Service(lab) as running:
            assert proxy.cut.wait(PATIENCE)
            running.wait_until(lambda: len(lab.smtp.accepted) == post.tickets, PATIENCE)
            assert running.stop() == 0
        lab.once()
    sums = count(post)
    assert sums["sends"] == sums["tickets"] == PEOPLE + 2
    told(sums)


def through(lab: Lab, proxy: CuttingProxy) -> None:
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace(f"port = {lab.dovecot.port}", f"port = {proxy.port}"))


def test_7_a_mail_that_kills_us_is_set_aside_after_three_tries_and_holds_up_no_other(post: Post, told: Told) -> None:
    lab = post.lab
    for _ in range(3):
        die(lab, "classify.crash")
    lab.once()
    ((poison, reason),) = ask(lab, "SELECT id, reason FROM mail WHERE state = 'quarantined'")
    assert "tried 3 times" in reason
    assert number_of(lab, "mail WHERE state = 'pending'") == 0
    assert [one.recipient for one in lab.smtp.accepted].count("kim@example.test") == 1
    do(lab, "retry", f"m{poison}")
    lab.once()
    sums = count(post, kills=3)
    assert sums["sends"] == sums["tickets"] + 1
    told(sums)


# What the SMTP server has seen when the process has died there.
SEEN: dict[str, Callable[[SmtpServer], bool]] = {
    "12 send.after_claim": lambda smtp: not smtp.connections,
    "13 smtp.after_rcpt": lambda smtp: starts(smtp, b"RCPT") > smtp.events.count("dot"),
    "14 smtp.mid_data": lambda smtp: smtp.events.count("354") > smtp.events.count("dot"),
    "15 smtp.dot_sent_no_reply": lambda smtp: bool(smtp.accepted),
    "16 smtp.250_before_commit": lambda smtp: bool(smtp.accepted),
}


def starts(smtp: SmtpServer, verb: bytes) -> int:
    return sum(line.upper().startswith(verb) for line in smtp.lines)


@pytest.mark.parametrize("point", SEEN)
def test_killed_on_the_way_out_no_acknowledgement_goes_twice_and_no_other_more_than_twice(
    post: Post, point: str, told: Told
) -> None:
    lab, failpoint = post.lab, point.split()[1]
    in_doubt = point.startswith(("15", "16"))
    die(lab, failpoint)
    hung_up(lab.smtp)
    assert SEEN[point](lab.smtp)
    lab.once()
    first = count(post)
    assert (first["resting as unknown"] > 0) == in_doubt
    assert (first["sends"] == first["tickets"]) or in_doubt
    visible = {row["id"] for row in rows(lab, "outbox") if row["state"] == "unknown"}
    assert len(visible) == first["resting as unknown"]
    (one, _), (other, _) = ask(lab, "SELECT number, subject FROM ticket ORDER BY number LIMIT 2")
    do(lab, "set", str(one), "Pending Client Feedback")  # personal
    do(lab, "set", str(other), "Support Rep Working")  # automatic
    die(lab, failpoint)
    lab.once()
    sums = count(post, kills=2)
    assert sums["resting as unknown"] == first["resting as unknown"]
    assert (sums["sent again when unknown"] > 0) == in_doubt
    assert sums["sends"] == first["sends"] + 2 + sums["sent again when unknown"]
    told(sums)


def hung_up(smtp: SmtpServer) -> None:
    smtp.wait_until(lambda: smtp.events.count("closed") == smtp.connections)


def test_15_a_mail_whose_sender_is_killed_twice_after_the_dot_rests_after_two_copies(post: Post, told: Told) -> None:
    lab = post.lab
    lab.once()
    ((number, _),) = ask(lab, "SELECT number, subject FROM ticket ORDER BY number LIMIT 1")
    do(lab, "set", str(number), "Pending Client Feedback")
    before = len(lab.smtp.accepted)
    for _ in range(2):
        die(lab, "smtp.dot_sent_no_reply")
    lab.once()
    sums = count(post, kills=2)
    assert (len(lab.smtp.accepted) - before, sums["resting as unknown"]) == (2, 1)
    told(sums)


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


@pytest.mark.timeout(300)
def test_thirty_kills_at_random_moments_lose_nothing_and_double_nothing(lab: Lab, told: Told) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    post = Post(lab)
    stream = Stream(post, chance)
    for life in range(LIVES):
        stream.deliver(2)
        process, span = lab.popen("run"), chance.uniform(0.05, LONGEST_LIFE)
        lives(process, span / 2)
        stream.deliver(2)
        if life % 6 == 5:
            stream.staff()
        lives(process, span / 2)
        process.kill()
        _, log = process.communicate(timeout=PATIENCE)
        assert process.returncode == -signal.SIGKILL, log
    lab.once()
    # A try that was cut off counts; three of them on one mail are rare, and mended by the command that is there for it.
    for (poison,) in ask(lab, "SELECT id FROM mail WHERE state = 'quarantined'"):
        do(lab, "retry", f"m{poison}")
        lab.once()
    told(count(post, kills=LIVES, seed=SEED))


def lives(process: Popen[str], seconds: float) -> None:
    with pytest.raises(TimeoutExpired):
        process.wait(seconds)
