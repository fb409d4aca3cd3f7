"""`postroom people`: what staff are told, and what is refused."""

from pathlib import Path

import pytest

from inbound.message import Address
from postroom.app import open_app
from postroom.clock import now
from store import reports, tickets
from store.effect import Effect
from tests.postroom.installed import command, install
from workflow.decision import Decision


def test_staff_let_somebody_in_and_take_them_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = open_app(str(install(tmp_path)))
    ada, sam = Address("ada@client.example"), Address("sam@client.example")
    opening = Effect(
        at=now(),
        by="kim@example.com",
        decision=Decision(("a mail",), status="outstanding", opens=True),
        ticket=1001,
        workflow="courseleaf",
        mailbox="support",
        subject="White page",
        requester=ada,
        others=(sam,),
    )
    with app.database.write() as tx:
        tickets.numbers(tx, 1)
        tickets.apply(tx, opening)
    for words, said in (
        ("add sam@client.example --as kim@example.com", "#1001: sam@client.example takes part\n"),
        ("add sam@client.example", "postroom: sam@client.example takes part in #1001 already\n"),
        ("remove Sam@client.example", "#1001: Sam@client.example takes no part any more\n"),
        ("remove sam@client.example", "postroom: sam@client.example takes no part in #1001\n"),
        ("add ada@client.example", "postroom: ada@client.example is the requester of #1001\n"),
        ("add SUPPORT@example.com", "postroom: SUPPORT@example.com is a mailbox of ours\n"),
        (
            "add sam",
            'postroom: ADDRESS is "sam": write one address, such as ada@client.example or "Ada <ada@client.example>"\n',
        ),
        ("add kim@example.com", "postroom: kim@example.com is one of us\n"),
    ):
        done = command("people", "1001", *words.split())
        assert done.output == said
        assert done.exit_code == (1 if said.startswith("postroom") else 0)
    assert "there is no ticket #7" in command("people", "7", "add", "sam@client.example").output
    with app.database.read() as tx:
        page = reports.ticket_page(tx, 1001)
    app.database.close()
    assert page
    notes = [(one.author, one.text, one.visible_to) for one in page.conversation]
    assert notes == [
        ("kim@example.com", "kim@example.com let sam@client.example in", "staff"),
        ("command line", "command line took Sam@client.example out", "staff"),
    ]
