"""/metrics: what it says, in Prometheus' form, to whom; and that no query reads a whole table."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from dashboard.exposition import METRICS
from dashboard.powers import Powers
from dashboard.site import site
from outbound.outbox import Dead
from outbound.standing import Reconciled
from store import events, imported, outages, readings, reconciliations
from store.database import Database
from store.metering import meter, open_tickets
from tests.dashboard.browser import served
from tests.dashboard.test_health import powers
from tests.store.test_outgoing import claim, queue, record
from tests.store.world import NOW, keep

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
TOKEN = "0123456789abcdef-token"
# https://prometheus.io/docs/instrumenting/exposition_formats/, line by line.
LINE = re.compile(
    r"# HELP postroom_\w+ .+|# TYPE postroom_\w+ (counter|gauge)"
    r'|(?P<name>postroom_\w+)(\{(?P<labels>\w+="(?:[^"\\\n]|\\["\\n])*")\})? (?P<value>[0-9.e+]+)'
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path}/postroom.db")
    yield opened
    opened.close()


def numbers(text: str) -> dict[str, float]:
    """The samples by name and labels, of a text of which every line has the right form."""
    found = {}
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        assert match, line
        if match["name"]:
            found[f"{match['name']}{{{match['labels'] or ''}}}"] = float(match["value"])
    return found


def read(made: Powers) -> dict[str, float]:
    with served(site(made)) as browser:
        answer = browser.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.endswith("\n")
    return numbers(answer.text)


def test_every_metric_has_its_help_and_its_numbers(database: Database) -> None:
    keep(database, "first", "second")
    with database.write() as tx:
        imported.keep(tx, "support", [(b"of years ago", NOW)], NOW - timedelta(days=1))
    queue(database, "a", "b")
    record(database, claim(database, limit=1)[0], Dead("550 no"))
    sign_ins = {"house": AT, "other": None}
    made = replace(powers(database), now=lambda: NOW + timedelta(seconds=90), sign_ins=lambda: sign_ins)
    made.counts.mail("new_ticket")
    made.counts.send("dead")
    made.counts.mailbox("support", idle=True)
    with database.write() as tx:
        readings.note(tx, "support", AT)
        outages.began(tx, "escalate", "no such host", AT)
        events.listen(tx, {"crm": ["ticket.opened"]})
        reconciliations.note(tx, Reconciled("support", AT, 7, ("1 of INBOX not in the ledger",), junk=4))
    found = read(made)
    names = {name.partition("{")[0] for name in found}
    assert names == {metric.name for metric in METRICS}
    expected = {
        "postroom_mails_pending{}": 3,
        "postroom_oldest_pending_mail_age_seconds{}": 90,
        'postroom_mails_total{kind="new_ticket"}': 1,
        'postroom_mails_total{kind="bulk"}': 0,
        'postroom_webhook_events_waiting{webhook="crm"}': 0,
        'postroom_sign_in_timestamp_seconds{sign_in="house"}': AT.timestamp(),
        'postroom_sign_in_timestamp_seconds{sign_in="other"}': 0,
        'postroom_sends_total{outcome="dead"}': 1,
        'postroom_outbox_mails{state="queued"}': 1,
        'postroom_outbox_mails{state="dead"}': 1,
        'postroom_outbox_mails{state="retry"}': 0,
        "postroom_oldest_outgoing_mail_age_seconds{}": 90,
        'postroom_mailbox_up{mailbox="support"}': 1,
        'postroom_mailbox_up{mailbox="escalate"}': 0,
        'postroom_mailbox_idle{mailbox="support"}': 1,
        'postroom_mailbox_last_read_timestamp_seconds{mailbox="support"}': AT.timestamp(),
        'postroom_mailbox_last_read_timestamp_seconds{mailbox="escalate"}': 0,
        'postroom_mailbox_differences{mailbox="support"}': 1,
        'postroom_mailbox_junk_mails{mailbox="support"}': 4,
        'postroom_mailbox_junk_mails{mailbox="escalate"}': 0,
    }
    assert {name: found[name] for name in expected} == expected


def test_the_names_of_mailboxes_may_hold_anything(database: Database) -> None:
    found = read(replace(powers(database), mailboxes=('a "b"\\\nc',)))
    assert found['postroom_mailbox_up{mailbox="a \\"b\\"\\\\\\nc"}'] == 1


def test_they_are_shown_to_this_machine_or_for_the_token_alone(database: Database) -> None:
    with served(site(replace(powers(database), behind_proxy=True))) as browser:
        assert browser.get("/metrics").status == 404
    with served(site(replace(powers(database), behind_proxy=True, metrics_token=TOKEN))) as browser:
        asked = [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": TOKEN}]
        assert [browser.get("/metrics", **headers).status for headers in asked] == [401] * 4
        assert browser.get("/metrics", Authorization=f"Bearer {TOKEN}").status == 200


def test_no_query_reads_a_whole_table(database: Database) -> None:
    asked: list[tuple[str, object]] = []

    def remember(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        asked.append((statement, parameters))

    with database.read() as tx:
        event.listen(tx, "before_cursor_execute", remember)
        meter(tx)
        open_tickets(tx)
        event.remove(tx, "before_cursor_execute", remember)
        plans = [
            tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", values).all()
            for one, values in asked
            if "PRAGMA" not in one
        ]
    assert len(plans) > 8
    details = [row.detail for plan in plans for row in plan]
    small = {
        "SCAN census",
        "SCAN outage",
        "SCAN reading",
        "SCAN reconciliation",
        "SCAN runner",
        "SCAN webhook",
    }  # a row for each of few
    details = [line for line in details if "ix_outbox_stuck" not in line]  # an index of those alone
    assert {line.split(" USING ")[0] for line in details if line.startswith("SCAN")} <= small, details
    assert not [line for line in details if "ticket" in line], "open ones are not counted: how many they are is kept"
    assert not [line for line in details if "next_at=?" in line or line == "SEARCH outbox"], (
        details
    )  # all that was sent
