"""Staff say what a mail is: the ticket is put right, nobody is written to unless they ask, the mail is a case, a rule is offered and never added."""

import json
import re
from typing import Any

import pytest

from tests.postroom.installed import command
from tests.walk.lab import Lab, mail
from tests.walk.service import once

OOTO = "I am out of the office until Monday. For immediate assistance call Sam."


def do(*words: str) -> str:
    """A command in this process, which is quicker than one of its own."""
    done = command(*words)
    assert done.exit_code == 0, done.output
    return done.stdout


def rows(*words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in do(*words, "--json").splitlines()]


def ticket(number: int) -> dict[str, Any]:
    (row,) = rows("ticket", str(number))
    return row


def rule(said: str) -> str:
    """What is offered first, to be pasted."""
    return re.split(r"\n(?:\n|# )", said[said.index("[[rule]]") :])[0].strip()


def cases() -> tuple[int, dict[str, tuple[bool, str]]]:
    done = command("classify", "--cases", "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return done.exit_code, {row["id"]: (row["right"], row["kind"]) for row in found}


def refused(id_: dict[str, str]) -> None:
    """What cannot be said is refused in one line."""
    for which, kind, why in (
        ("m99", "person", "there is no mail m99"),
        ("o1", "person", "is no mail"),
        ("17", "person", "is no mail"),
        (id_["absent"], "own_mail", "known by ids alone"),
        (id_["absent"], "new_ticket", 'say "person"'),
        (id_["absent"], "system_report", "[[report]]"),
        (id_["absent"], "vacation", "person, auto_reply"),
    ):
        done = command("correct", which, kind)
        assert (done.exit_code, done.stdout, why in done.stderr) == (1, "", True), done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert command("correct", id_["cron"], "bulk", "--answer").exit_code == 1
    assert command("correct", id_["cron"], "bulk", "--as", "nobody@example.test").exit_code == 1


def test_corrections(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lab.folder)
    lab.deliver(mail(OOTO, subject="Out of office", sender="gwen@client.example", message_id="<absent@client.example>"))
    lab.deliver(mail("Your daily summary.", sender="cron@machines.example", message_id="<cron@machines.example>"))
    lab.deliver(
        mail(
            "Our spring offers.", sender="ben@shop.example", subject="Spring offers", message_id="<offer@shop.example>"
        )
    )
    lab.deliver(
        mail(
            "Hello, could you help me with my letter?",
            sender="zoe@client.example",
            subject="A letter",
            message_id="<letter@client.example>",
            Auto_Submitted="auto-replied",
            List_Unsubscribe="<mailto:x@client.example>",
            List_Unsubscribe_Post="List-Unsubscribe=One-Click",
        )
    )
    once(lab)
    id_ = {row["message_id"].split("@")[0][1:]: row["id"] for row in rows("mails")}
    sent = len(lab.sent())
    assert {row["id"]: row["kind"] for row in rows("mails")} == {
        id_["absent"]: "out_of_office",
        id_["cron"]: "notification",
        id_["offer"]: "new_ticket",
        id_["letter"]: "bulk",
    }

    # A machine's note that a person wrote: the ticket stands as a person's.
    said = do("correct", id_["absent"], "person", "--as", "kim@example.test", "--note", "she wrote it herself")
    assert 'moves from "OOTO Only" to "Outstanding"' in said
    assert "Nobody is answered" in said
    (row,) = [one for one in rows("tickets") if one["requester"] == "gwen@client.example"]
    whole = ticket(row["number"])
    assert [(one["from"], one["to"], one["by"]) for one in whole["history"]][-1] == (
        "OOTO Only",
        "Outstanding",
        "kim@example.test",
    )
    assert (
        whole["history"][-1]["because"][0] == f"kim@example.test corrected {id_['absent']}: out_of_office is new_ticket"
    )
    assert whole["history"][-1]["mail"] == id_["absent"]
    assert [(one["kind"], one["direction"]) for one in whole["conversation"]] == [
        ("new_ticket", "in"),
        ("note", "note"),
    ]
    assert "she wrote it herself" in whole["conversation"][-1]["text"]
    offered = rule(said)
    assert offered == '[[rule]]\nkind = "person"\nsender = "gwen@client.example"'
    assert "[[rule]]" not in (lab.folder / "postroom.toml").read_text()

    # Said again, it changes nothing; the case is judged wrong until a person pastes the rule.
    assert "nothing changes" in do("correct", id_["absent"], "person")
    assert ticket(row["number"]) == whole
    assert cases() == (1, {id_["absent"]: (False, "out_of_office")})
    file = lab.folder / "postroom.toml"
    file.write_text(f"{file.read_text()}\n{offered}\n")
    assert cases() == (0, {id_["absent"]: (True, "new_ticket")})

    # A ticket that a machine's mail opened: closed where the workflow puts what is no request, and silent from then on.
    said = do("correct", id_["offer"], "bulk")
    assert 'moves from "Outstanding" to "Not Supported"' in said
    assert 'phrase = "' not in rule(said) or "Our spring offers" not in rule(said)
    assert 'subject = "Spring offers"' in said
    assert "# mind" not in said

    # What was parked becomes a ticket, and is answered because staff ask for it.
    assert command("correct", id_["letter"], "person", "--answer").exit_code == 1  # it is a list's
    said = do("correct", id_["letter"], "person")
    assert re.search(r'It is on #\d+, "Outstanding"', said)
    said = do("correct", id_["cron"], "out-of-office")
    once(lab)
    assert len(lab.sent()) == sent

    # Undone by saying what it was: the same ticket, closed again; the history keeps all of it.
    assert 'moves from "Outstanding" to "OOTO Only"' in do("correct", id_["absent"], "out_of_office")
    do("correct", id_["absent"], "person", "--answer")
    once(lab)
    assert [one for one in lab.sent()[sent:] if b"gwen@client.example" in one]
    history = ticket(row["number"])["history"]
    assert [one["to"] for one in history] == ["OOTO Only", "Outstanding", "OOTO Only", "Outstanding"]
    balance = do("mails").splitlines()[-1]
    assert balance.startswith("4 fetched = 4 on tickets + 0 parked + 0 quarantined")

    refused(id_)
