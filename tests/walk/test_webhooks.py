"""Other programs are told what has become of tickets: signed, in order, at least once; and one that is slow or gone holds up nobody."""

import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inbound.webhook import is_fresh, is_signed, signing_key
from postroom.announcing import Announcer
from postroom.app import open_app
from postroom.pipeline import webhook_lease
from postroom.runner import Runner
from tests.servers.http_script import HttpScript, saying
from tests.servers.receiver import Receiver
from tests.walk.lab import Lab, answer_to, mail, on_both
from tests.walk.service import Service, do, once, refused, rows, say

SECRET = "whsec_" + "c2VjcmV0" * 5
HOOK = """
[[webhook]]
name = "{name}"
url = "{url}"
secret_file = "hook.secret"
{more}
"""


@pytest.fixture
def crm() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def hooked(make_lab: Callable[..., Lab], crm: Receiver) -> Lab:
    return with_hooks(make_lab, HOOK.format(name="crm", url=crm.url, more=""))


def with_hooks(make_lab: Callable[..., Lab], hooks: str) -> Lab:
    lab = make_lab(hooks)
    secret = lab.folder / "hook.secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    return lab


def told(receiver: Receiver) -> list[tuple[str, int, str]]:
    return [(one["type"], one["data"]["ticket"], one["data"]["status"]) for one in receiver.said]


@on_both
def test_a_program_is_told_of_each_change_in_order_and_can_prove_who_tells(hooked: Lab, crm: Receiver) -> None:
    hooked.deliver(mail("My secret words.\n"))
    with Service(hooked) as running:
        running.wait_until(lambda: len(crm.taken) == 1)
        do(hooked, "set", "1001", "Support Rep Working")
        do(hooked, "assign", "1001", "kim@example.test")
        do(hooked, "set", "1001", "Problem Solved")
        running.wait_until(lambda: len(crm.taken) == 4)
    assert told(crm) == [
        ("ticket.opened", 1001, "Outstanding"),
        ("ticket.moved", 1001, "Support Rep Working"),
        ("ticket.changed", 1001, "Support Rep Working"),
        ("ticket.moved", 1001, "Problem Solved"),
    ]
    assert [one["data"]["open"] for one in crm.said] == [True, True, True, False]
    assert [one["data"]["by"] for one in crm.said][:2] == ["mail:1", "command line"]
    key, now = signing_key(SECRET), datetime.now(UTC)
    assert all(is_signed(key, one) and is_fresh(one, now) for one in crm.taken)
    assert not any(b"secret words" in one.body or b"ada@" in one.body for one in crm.taken), "who may read them asks"
    assert len({one.id for one in crm.taken}) == 4
    assert all(re.fullmatch(r"e\d+-\d{10}", one.id) for one in crm.taken), "a restored database counts again"


def test_what_the_documents_show_proves_who_tells(hooked: Lab, crm: Receiver) -> None:
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    shown: dict[str, Callable[..., bool]] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], shown)
    genuine = shown["genuine"]
    hooked.deliver(mail())
    once(hooked)
    (one,) = crm.taken
    headers = {"webhook-id": one.id, "webhook-timestamp": one.timestamp, "webhook-signature": one.signature}
    assert genuine(SECRET, headers, one.body)
    assert genuine(SECRET, headers | {"webhook-signature": f"v1,other {one.signature}"}, one.body)
    assert not genuine(SECRET, headers, one.body + b" ")
    assert not genuine(SECRET, headers | {"webhook-id": "e2-1"}, one.body)
    assert not genuine(SECRET, headers | {"webhook-timestamp": str(int(one.timestamp) - 600)}, one.body)
    assert not genuine("whsec_b3RoZXI=", headers, one.body)


def test_what_is_not_taken_is_tried_again_under_the_same_id_and_later_ones_of_that_ticket_wait(
    hooked: Lab, crm: Receiver
) -> None:
    crm.answers = [503]
    hooked.deliver(mail())
    assert hooked.call("run", "--once").returncode == 1
    do(hooked, "set", "1001", "Support Rep Working")
    hooked.deliver(mail("Another.\n", sender="bo@client.example", subject="Other"))
    hooked.call("run", "--once")
    assert told(crm) == [("ticket.opened", 1002, "Outstanding")]
    assert rows(hooked, "webhook", "list")[0]["waiting"] == 2
    assert rows(hooked, "webhook", "list")[0]["reason"] == "HTTP 503 Service Unavailable"
    crm.answers = [302]  # nobody is followed elsewhere
    hooked.move_clock(minutes=1)
    assert hooked.call("run", "--once").returncode == 1
    hooked.move_clock(minutes=5)
    once(hooked)
    assert told(crm)[1:] == [("ticket.opened", 1001, "Outstanding"), ("ticket.moved", 1001, "Support Rep Working")]
    assert rows(hooked, "webhook", "list")[0]["waiting"] == 0


@on_both
def test_killed_before_it_is_noted_the_same_event_comes_again_and_no_other(hooked: Lab, crm: Receiver) -> None:
    hooked.deliver(mail())
    killed = hooked.call("run", "--once", POSTROOM_FAILPOINT="webhook.told")
    assert killed.returncode == -signal.SIGKILL
    once(hooked)
    first, second = crm.taken
    assert (first.id, first.body) == (second.id, second.body)
    once(hooked)
    assert len(crm.taken) == 2


def test_a_program_that_is_gone_is_given_up_after_three_days_and_told_when_it_is_asked_for(
    hooked: Lab, crm: Receiver
) -> None:
    crm.answers = [500] * 60
    hooked.deliver(mail())
    for hours in (0, 26, 26, 26):
        hooked.move_clock(hours=hours)
        hooked.call("run", "--once")
    (row,) = rows(hooked, "webhook", "list")
    assert (row["waiting"], row["given_up"], row["host"]) == (0, 1, crm.url.split("/")[2])
    checked = say(hooked, "check")
    assert checked.exit_code == 1
    assert "1 events were given up (HTTP 500" in checked.stdout
    crm.answers = []
    assert "1 event is due for crm" in do(hooked, "webhook", "again", "crm")
    once(hooked)
    assert told(crm) == [("ticket.opened", 1001, "Outstanding")]
    assert "nothing was given up for crm" in refused(hooked, "webhook", "again", "crm")
    assert "there is no webhook shop: the configuration names crm" in refused(hooked, "webhook", "again", "shop")
    crm.answers = [410]
    hooked.deliver(mail("More.\n", sender="bo@client.example"))
    hooked.call("run", "--once")
    assert rows(hooked, "webhook", "list")[0]["given_up"] == 1, "it wants no more of it"


def test_what_a_hostile_program_says_is_kept_on_a_line_and_no_secret_is_told(make_lab: Callable[..., Lab]) -> None:
    refusal = b"HTTP/1.1 500 \x00\x1b[2J\xff\r\nretry-after: 7200\r\nx-echo: " + SECRET.encode() + b"\r\n\r\n"
    with HttpScript(saying(refusal)) as evil:
        lab = with_hooks(make_lab, HOOK.format(name="crm", url=evil.url, more=""))
        lab.deliver(mail())
        lab.start = subprocess.Popen  # what /proc shows is its own
        with Service(lab) as running:
            running.wait_for("webhook.retry", "webhook=crm")
            command = Path(f"/proc/{running.process.pid}/cmdline").read_bytes()
            around = Path(f"/proc/{running.process.pid}/environ").read_bytes()
            lab.deliver(mail("Another.\n", sender="bo@client.example", subject="Other"))
            running.wait_until(lambda: len(evil.heads) == 2, what="that the other ticket's event does not wait")
        (row,) = rows(lab, "webhook", "list")
        assert row["reason"] == "HTTP 500   [2J\u00ff"
        lab.move_clock(hours=1)
        lab.call("run", "--once")
        assert len(evil.heads) == 2, "it wants to be left alone for two hours"
        lab.move_clock(hours=1, minutes=1)
        lab.call("run", "--once")
        assert len(evil.heads) == 4
    shown = "".join(running.lines) + say(lab, "check").output + do(lab, "webhook", "list")
    assert not running.said("fault")
    assert SECRET.removeprefix("whsec_") not in shown
    assert SECRET.encode() not in command + around + b"".join(evil.heads)


def test_of_what_happened_while_a_program_was_away_for_two_days_it_hears_all_in_order(
    hooked: Lab, crm: Receiver
) -> None:
    crm.answers = [503] * 200
    for number in range(3):
        hooked.deliver(mail(f"Mail {number}.\n", sender=f"ada{number}@client.example", subject=f"About {number}"))
    for hours in (0, 1, 4, 19, 22):
        hooked.move_clock(hours=hours)
        assert hooked.call("run", "--once").returncode == 1
        do(hooked, "set", "1002", "Support Rep Working" if hours % 2 else "With Development")
    crm.answers = []
    hooked.move_clock(hours=4)
    once(hooked)
    assert sorted({ticket for _, ticket, _ in told(crm)}) == [1001, 1002, 1003]
    of_one = [(type_, status) for type_, ticket, status in told(crm) if ticket == 1002]
    assert of_one[0] == ("ticket.opened", "Outstanding")
    assert of_one[1:] == [
        ("ticket.moved", status) for status in ("With Development", "Support Rep Working") * 2 + ("With Development",)
    ]
    assert rows(hooked, "webhook", "list")[0]["waiting"] == 0


def test_a_slow_program_holds_up_neither_mail_nor_another_program_nor_the_end(
    make_lab: Callable[..., Lab], crm: Receiver
) -> None:
    with Receiver() as other:
        wanted = 'events = ["ticket.moved"]'
        hooks = HOOK.format(name="crm", url=crm.url, more="") + HOOK.format(name="other", url=other.url, more=wanted)
        lab = with_hooks(make_lab, hooks)
        crm.hold.clear()
        lab.deliver(mail())
        with Service(lab) as running:
            running.wait_until(lambda: len(lab.smtp.accepted) == 1)
            lab.deliver(answer_to(lab.smtp.accepted[0].raw, "And more.\n"))
            do(lab, "set", "1001", "Problem Solved")
            running.wait_until(lambda: ("ticket.moved", 1001, "Problem Solved") in told(other))
            assert not crm.taken
            assert running.stop() == 0
        crm.hold.set()


def test_a_batch_of_slow_answers_is_no_verb_that_hangs(hooked: Lab, crm: Receiver) -> None:
    crm.answers = [503] * 3
    for number in range(3):
        hooked.deliver(mail(f"Mail {number}.\n", sender=f"ada{number}@client.example", subject=f"About {number}"))
    hooked.call("run", "--once")
    hooked.move_clock(hours=1)
    app = open_app(str(hooked.folder / "postroom.toml"))
    app = replace(app, now=lambda: datetime.now(UTC) + timedelta(hours=1))
    signs: list[int] = []
    with closing(app.database), Runner(app) as runner:
        (hook,) = app.config.webhooks
        lease = runner.take(webhook_lease(hook))
        assert lease
        assert Announcer(app, hook, lease, lambda: signs.append(len(crm.taken))).announce() == 3
    assert signs == [0, 1, 2], "a sign of life before each"


def test_of_what_is_imported_no_program_is_told(hooked: Lab, crm: Receiver) -> None:
    once(hooked)
    (hooked.folder / "old.eml").write_bytes(bytes(mail("Of last year.\n")))
    do(hooked, "import", str(hooked.folder / "old.eml"), "--yes")
    hooked.deliver(mail("Of today.\n", sender="bo@client.example", subject="Today"))
    once(hooked)
    assert told(crm) == [("ticket.opened", 1002, "Outstanding")]


def test_who_is_not_configured_any_more_is_told_nothing(hooked: Lab, crm: Receiver) -> None:
    crm.answers = [500]
    hooked.deliver(mail())
    hooked.call("run", "--once")
    file = hooked.folder / "postroom.toml"
    whole = file.read_text()
    file.write_text(whole.partition("[[webhook]]")[0])
    once(hooked)
    file.write_text(whole)
    hooked.move_clock(hours=1)
    once(hooked)
    assert crm.taken == []
