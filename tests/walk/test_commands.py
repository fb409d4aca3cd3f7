"""The commands as people and scripts use them: fixed keys, filters, odd content on a terminal, and the service itself."""

import json
import re
import signal
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.walk.lab import Lab, answer_to, mail, on_both, on_sqlite
from tests.walk.service import Service, children, do, left, once, only_ticket, refused, rows, say, ticket

TICKET = (
    "number subject status open ball_with requester mailbox assigned_to created_at status_since due_at merged_into tags"
    " priority category client_replied"
)
KEYS = {
    "classify": "file kind answer because language return_date substitute bounce calendar authenticated authenticity defects",
    "tickets": TICKET,
    "ticket": f"{TICKET} history conversation people timers",
    "history": "at from to by because mail",
    "conversation": "mail kind direction author at subject text",
    "people": "address role",
    "timers": "due_at until",
    "mails": "id mailbox uid message_id sender subject received_at state kind because ticket",
    "outbox": "id ticket notice recipient subject message_id state attempts next_at last_answer",
}
NOTE = "quokka-canary"


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, EmailMessage, policy=default)


def assert_keys(name: str, row: dict[str, object]) -> None:
    """The fixed keys, in snake_case, and every time in ISO 8601 UTC."""
    assert set(KEYS[name].split()) <= set(row), name
    for key, value in row.items():
        assert re.fullmatch("[a-z]+(_[a-z]+)*", key), key
        if value is not None and (key == "at" or key.endswith(("_at", "_since", "until"))):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", str(value)), f"{name}: {key}"


# ------------------------------------------------------------------------------------------- lists


def test_before_the_first_mail_every_list_is_empty_and_says_so(lab: Lab) -> None:
    for name, empty in (("tickets", "no ticket"), ("mails", "no mail"), ("outbox", "no outgoing mail")):
        assert do(lab, name, "--json") == ""
        assert do(lab, name).startswith(empty)
    assert "0 fetched = 0 on tickets + 0 parked + 0 quarantined" in do(lab, "mails")
    assert refused(lab, "ticket", "9999") == "postroom: there is no ticket #9999"
    assert refused(lab, "ticket", "9999", "--json") == "postroom: there is no ticket #9999"
    for which in ("m1", "o1", "17", "x", "m", "o99999999999999999999"):
        assert "postroom: " in refused(lab, "retry", which)
    assert "there are: pending" in refused(lab, "mails", "--state", "lost")
    assert "there are: queued" in refused(lab, "outbox", "--state", "lost")
    assert "there are: Outstanding" in refused(lab, "tickets", "--status", "lost")
    assert "there are: new_ticket, " in refused(lab, "mails", "--kind", "lost")
    said = refused(lab, "tickets", "--mailbox", "lost", "--json")
    assert said == 'postroom: there is no mailbox "lost"; there are: support, escalate'
    said = refused(lab, "tickets", "--assigned", "eve@evil.example")
    assert said == "postroom: eve@evil.example is not on the staff: the configuration names kim@example.test"


@on_both
def test_json_has_the_fixed_keys_and_filters_find_what_they_name(lab: Lab) -> None:
    lab.deliver(mail("The quokka report is broken.\n", subject="Quokka report"))
    lab.deliver(mail(sender="bea@other.example", to="escalate@example.test", subject="50 % _ slower"), to="escalate")
    news = mail("News.\n", sender="news@list.example", to="all@list.example", subject="News", Precedence="bulk")
    news["List-Id"], news["List-Unsubscribe"] = "<news.list.example>", "<mailto:leave@list.example>"
    lab.deliver(news)
    once(lab)
    numbers = {row["requester"].partition("@")[0]: row["number"] for row in rows(lab, "tickets")}
    assert set(numbers) == {"ada", "bea"}
    do(lab, "set", str(numbers["ada"]), "Problem Solved", "--note", NOTE)

    for name in ("tickets", "mails", "outbox"):
        listed = rows(lab, name)
        assert listed
        for row in listed:
            assert_keys(name, row)
    whole = ticket(lab, numbers["ada"])
    assert_keys("ticket", whole)
    for part in ("history", "conversation", "people"):
        assert whole[part]
        for row in whole[part]:
            assert_keys(part, row)
    assert_keys("timers", whole["timers"])
    assert whole["created_at"].endswith("Z")
    assert [row["state"] for row in rows(lab, "mails", "--state", "parked")] == ["parked"]
    assert {row["state"] for row in rows(lab, "outbox", "--state", "queued")} == {"queued"}

    def found(*filters: str) -> list[str]:
        return sorted(row["requester"].partition("@")[0] for row in rows(lab, "tickets", *filters))

    both = ["ada", "bea"]
    assert (found("--open"), found("--closed"), found()) == (["bea"], ["ada"], both)
    assert (found("--status", "problem solved"), found("--status", "Stale")) == (["ada"], [])
    assert (found("--mailbox", "escalate"), found("--mailbox", "Support@Example.test")) == (["bea"], ["ada"])
    assert (found("--search", "QUOKKA"), found("--search", "bea@other")) == (["ada"], ["bea"])
    assert (found("--search", "%"), found("--search", "_"), found("--search", "'\"")) == ([], [], [])
    assert found("--search", f"#{numbers['bea']}") == ["bea"]
    assert (found("--assigned", "kim@example.test"), found("--open", "--mailbox", "support")) == ([], [])


def test_classify_needs_no_configuration_and_names_what_it_cannot_read(lab: Lab) -> None:
    person, absent = lab.folder / "person.eml", lab.folder / "absent.eml"
    person.write_bytes(mail().as_bytes())
    absent.write_bytes(mail("Until Monday.\n", subject="Out of Office: x", Auto_Submitted="auto-replied").as_bytes())
    (lab.folder / "postroom.toml").rename(lab.folder / "elsewhere.toml")
    done = lab.call("classify", "--json", "person.eml", "missing.eml", "absent.eml")
    assert done.returncode == 1
    judged = {row["file"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert set(judged) == {"person.eml", "absent.eml"}
    for row in judged.values():
        assert_keys("classify", row)
    assert (judged["person.eml"]["answer"], judged["absent.eml"]["kind"]) == ("yes", "out_of_office")
    assert judged["absent.eml"]["answer"].startswith("no: ")
    (line,) = done.stderr.splitlines()
    assert line == "postroom: missing.eml: cannot be read: No such file or directory"


# --------------------------------------------------------------------------------------- odd content

ODD = (
    "\x1b[31mred\x1b[0m \x07 [bold]loud[/bold] [/nothing] :smile: \U0001f600 \u202eevil\u202c \x9b31m \x00 {{ 7 * 7 }}"
)


def odd_mail(number: int) -> bytes:
    """The same words in every place of which a terminal may be shown something."""
    words = ODD.encode()
    return (
        (
            b"From: "
            + words
            + b" <ada%d@client.example>\r\nTo: support@example.test\r\nSubject: " % number
            + words
            + b"\r\n"
            b"Message-ID: <odd%d"
            % number
            + b"\x1b[31m@client.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        )
        + words
        + b"\r\nsecond line \x1b]0;title\x07\r\n"
    )


def test_what_stands_in_a_mail_never_reaches_a_terminal_as_a_command_or_as_markup(lab: Lab) -> None:
    lab.deliver(odd_mail(1))
    lab.deliver(
        b"Auto-Submitted: auto-replied\x1b[31m\r\n" + odd_mail(2).replace(b"Subject: ", b"Subject: Out of office ")
    )
    once(lab)
    (lab.folder / "odd \x1b[31m.eml").write_bytes(odd_mail(3))
    do(lab, "set", "1001", "Assessment", "--note", ODD.replace("\x00", ""))
    shown = {
        command: do(lab, *command.split())
        for command in ("tickets", "mails", "outbox", "ticket 1001", "ticket 1002", "tickets --search red")
    }
    shown["classify"] = do(lab, "classify", str(lab.folder / "odd \x1b[31m.eml"))
    shown["retry"] = say(lab, "retry", "\x1b[31m").output
    shown["status"] = say(lab, "set", "1001", "\x1b[31m").output
    for command, text in shown.items():
        bad = {c for c in text if c != "\n" and not c.isprintable()}
        assert not bad, f"{command}: {bad}"
    assert "[bold]loud[/bold]" in "".join(shown["ticket 1001"].split("\n"))
    assert "\U0001f600" in shown["ticket 1001"]
    assert "{{ 7 * 7 }}" in shown["ticket 1001"]
    whole = ticket(lab, 1001)  # JSON escapes what it cannot show, and loses nothing
    assert "\\u001b" in do(lab, "ticket", "1001", "--json")
    assert "second line" in str(whole["conversation"])
    for one in lab.smtp.accepted:
        assert b"\x1b" not in one.raw


# ----------------------------------------------------------------------------------- notes and replies


def test_a_note_is_seen_by_staff_and_never_in_a_mail_to_a_client(lab: Lab) -> None:
    lab.deliver(mail())
    once(lab)
    for status in ("Assessment", "Pending Client Feedback"):
        do(lab, "set", "1001", status, "--note", f"{NOTE}: {status}", "--as", "kim@example.test")
    once(lab)
    lab.deliver(answer_to(lab.sent()[-1], "It is Firefox.\n"))
    once(lab)
    do(lab, "set", "1001", "Problem Solved", "--note", f"{NOTE} at the end")
    do(lab, "reply", "1001", "--file", "-", "--as", "kim@example.test", words="It is mended.\n")
    once(lab)
    notes = [said for said in ticket(lab, 1001)["conversation"] if NOTE in said["text"]]
    assert [said["author"] for said in notes] == ["kim@example.test", "kim@example.test", "command line"]
    assert {(said["visible_to"], said["direction"]) for said in notes} == {("staff", "note")}
    assert NOTE in do(lab, "ticket", "1001")
    assert len(lab.smtp.accepted) >= 5
    for one in lab.smtp.accepted:
        text = read(one.raw)
        assert NOTE not in str(text["Subject"])
        assert all(NOTE not in part.get_content() for part in text.walk() if part.get_content_maintype() == "text")


def test_a_reply_brings_the_client_the_words_in_their_thread_as_a_persons_mail(lab: Lab) -> None:
    asked = mail(message_id="<question@client.example>")
    lab.deliver(asked)
    once(lab)
    first = read(lab.sent()[0])
    words = "Ada, does it stay white in Firefox 144, too?\n.\n..\nÜbrigens: 中文 {{ 7 * 7 }} <b>x</b>\n"
    said = do(lab, "reply", "1001", "--file", "-", "--as", "kim@example.test", words=words)
    assert "ada@client.example" in said
    once(lab)
    sent = lab.smtp.accepted[-1]
    reply = read(sent.raw)
    body = reply.get_body(("plain",))
    assert body is not None
    assert words.strip() in body.get_content().replace("\r\n", "\n")
    assert (sent.recipient, sent.sender) == ("ada@client.example", "support@example.test")
    assert reply["In-Reply-To"] == first["Message-ID"]
    assert str(reply["References"]).split() == ["<question@client.example>", first["Message-ID"]]
    assert "[#1001]" in reply["Subject"]
    for header in ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence"):
        assert reply[header] is None
    lab.deliver(answer_to(sent.raw, "Yes.\n"))
    once(lab)
    assert len(rows(lab, "tickets")) == 1

    for nothing in ("", " \n\t\n"):
        assert "is empty" in refused(lab, "reply", "1001", "--file", "-", words=nothing)
    (lab.folder / "latin.txt").write_bytes(b"\xe9t\xe9")
    assert "UTF-8" in refused(lab, "reply", "1001", "--file", str(lab.folder / "latin.txt"))
    assert "cannot be read" in refused(lab, "reply", "1001", "--file", str(lab.folder / "missing.txt"))
    assert "no ticket #9999" in refused(lab, "reply", "9999", "--file", "-", words="x")
    assert "not on the staff" in refused(lab, "reply", "1001", "--file", "-", "--as", "eve@evil.example", words="x")
    once(lab)
    assert len([one for one in lab.smtp.accepted if one.recipient == "ada@client.example"]) == len(lab.smtp.accepted)


def test_a_reply_to_nobody_is_refused(lab: Lab) -> None:
    lab.deliver(b"To: support@example.test\r\nSubject: page\r\n\r\nHelp\r\n")
    once(lab)
    assert only_ticket(lab)["requester"] == ""
    assert "nobody" in refused(lab, "reply", "1001", "--file", "-", words="Hello.\n")
    assert "mail" not in do(lab, "set", "1001", "Problem Solved")


# ------------------------------------------------------------------------------------------ the service


@on_sqlite
def test_the_service_answers_at_once_ends_when_told_and_leaves_nothing_behind(lab: Lab) -> None:
    with Service(lab, POSTROOM_POLL_INTERVAL_SECONDS="3600") as service:
        lab.deliver(mail(sender="first@client.example"))
        lab.smtp.wait_for(1, 30)
        waits = []
        for turn, to in enumerate(("support", "escalate", "support")):
            before = time.monotonic()
            lab.deliver(mail(sender=f"ada{turn}@client.example", to=f"{to}@example.test"), to)
            lab.smtp.wait_for(2 + turn, 30)
            waits.append(time.monotonic() - before)
        assert min(waits) < 2  # IDLE, not the poll; other work on this machine may slow one of them down
        second = lab.call("run")
        assert (second.returncode, second.stdout) == (1, "")
        assert str(service.process.pid) in second.stderr.splitlines()[-1]
        assert "Traceback" not in second.stderr
        family = children(service.process.pid)
        assert family
        before = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - before < 10
        assert service.lines[-1].endswith("stopped")
        assert left(family) == set()
    assert not [line for line in service.lines if "WARNING" in line]
    once(lab)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_service_leaves_no_process_behind_however_it_ends(lab: Lab, number: signal.Signals) -> None:
    with Service(lab) as service:
        family = children(service.process.pid)
        assert family
        assert service.stop(number) == (0 if number is signal.SIGINT else -number)
        assert left(family) == set()
