"""What administration sees of the configuration: each setting with its line, and no secret, wherever it is written."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import get_type_hints

import pytest

from dashboard.office import Office, Setting
from postroom import config
from postroom.app import open_app
from postroom.office import _LISTS, _TABLES, office
from postroom.settings import Settings

CANARY = "canary-4711"
CONFIG = f"""\
workflow = "courseleaf"
database = "sqlite:///postroom.db"
timezone = "America/Chicago"
team = "Support <b>"

[[mailbox]]
name = "support"
role = "support"
address = "support@example.test"
imap = {{ host = "imap.example.test", user = "support", password = "{CANARY}" }}

[smtp]
host = "smtp.example.test"
user = "support"
password_command = ["echo", "{CANARY}"]
from = "Support <support@example.test>"

[web]
metrics_token = "{CANARY}-of-metrics"

[tracker]
secret = "whsec_{b64encode(CANARY.encode() * 3).decode()}"

[[webhook]]
name = "chat"
url = "https://chat.example.test/{CANARY}?token={CANARY}"
secret = "whsec_{b64encode(CANARY.encode() * 3).decode()}"

[oauth.microsoft]
provider = "microsoft"
tenant = "example.test"
client_id = "postroom"
client_secret = "{CANARY}"

[[staff]]
address = "kim@example.test"
name = "Kim"

# A comment between two of us
[[ staff ]]
address = "lee@example.test"
roles = ["admin"]

[[report]]
name = "nightly"
sender = "nightly@cim.example.net"

[calendar.office]
hours = "09:00-17:00"

[timers]
stale = 3
"""


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    (tmp_path / "postroom.toml").write_text(CONFIG)
    monkeypatch.setenv("POSTROOM_LANGUAGE", "de")
    monkeypatch.setenv("POSTROOM_DATABASE_PASSWORD", CANARY)
    app = open_app(str(tmp_path / "postroom.toml"))
    app.database.close()
    return office(app)


def settings(shown: Office) -> dict[tuple[str, str], Setting]:
    return {(section.title, one.name): one for section in shown.sections for one in section.settings}


def test_each_setting_stands_with_where_it_comes_from(shown: Office) -> None:
    found = settings(shown)
    lines = CONFIG.splitlines()
    staff = found["Staff and roles", "lee@example.test"]
    assert staff.where == f"postroom.toml, line {lines.index('[[ staff ]]') + 1}"
    assert staff.says == ("address = lee@example.test", "roles = admin")
    assert found["Staff and roles", "Kim"].where == f"postroom.toml, line {lines.index('[[staff]]') + 1}"
    assert found["Timers", "stale"] == Setting("stale", ("3",), f"postroom.toml, line {lines.index('stale = 3') + 1}")
    assert found["Calendars", "office"].says == ("hours = 09:00-17:00",)
    assert found["All else", "language"].where == "POSTROOM_LANGUAGE"
    assert found["All else", "timezone"].where == "postroom.toml, line 3"
    assert found["All else", "smtp.host"].where == f"postroom.toml, line {lines.index('[smtp]') + 2}"
    assert found["All else", "poll_interval_seconds"].where == "by default"
    assert found["Rules for system reports", "nightly"].says == ("sender = nightly@cim.example.net",)


def test_no_secret_is_shown_and_that_it_is_set_is(shown: Office) -> None:
    assert CANARY not in repr(shown.sections)
    found = settings(shown)
    assert "imap.password is set" in found["Mailboxes", "support"].says
    assert found["All else", "smtp.password_command"].says == ("is set",)
    assert "url = https://chat.example.test/…" in found["Deliveries to other programs", "chat"].says
    assert "client_secret is set" in found["Sign-ins at providers", "microsoft"].says
    assert found["All else", "tracker.secret"].says == found["All else", "web.metrics_token"].says == ("is set",)


def test_every_table_of_the_configuration_is_shown_as_one(shown: Office) -> None:
    """One that is not would be shown as Python has it."""
    hints = {name: str(hint) for name, hint in get_type_hints(Settings).items()}
    tables = {name for name, hint in hints.items() if "Settings" in hint and hint.startswith(("list", "dict"))}
    assert tables <= {*_LISTS, *_TABLES}
    assert "Settings(" not in repr(shown.sections)


def test_a_password_in_the_address_of_the_database_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "postroom.toml"
    file.write_text(CONFIG)
    app = open_app(str(file))
    app.database.close()
    file.write_text(CONFIG.replace("sqlite:///postroom.db", f"postgresql+psycopg://kim:{CANARY}@db.example.test/mail"))
    shown = office(replace(app, config=config.read(file, {})))
    assert settings(shown)["All else", "database"].says == ("postgresql+psycopg://kim@db.example.test/mail",)
    assert CANARY not in repr(shown.sections)


def test_workflows_are_drawn_linted_and_their_notices_rendered(shown: Office) -> None:
    (flow,) = shown.flows
    assert (flow.source, flow.mailboxes) == ("courseleaf.toml", ("support",))
    assert {"courseleaf/received", "staff/digest", "client/sign-in"} <= set(flow.notices)
    assert shown.chart(0).startswith("<svg ")
    assert shown.lint(0) == ()
    german = shown.preview(0, "courseleaf/received", "de")
    assert german
    assert "Hallo" in german[0].text or "Guten Tag" in german[0].text
    assert all(one.html and not one.fault for one in german)
    for notice in flow.notices:
        assert shown.preview(0, notice, "en"), notice
