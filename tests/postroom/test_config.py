"""A right configuration: complete with its defaults, from the file, from the environment, or from both."""

import copy
import dataclasses
import json
import pickle
import re
import subprocess
import sys
import traceback
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.bearer import NoToken
from inbound.server import NoPassword
from postroom import settings
from postroom.app import App, open_app
from postroom.config import ConfigError, NoConfig, find, read
from postroom.environment import overlay, variable
from postroom.oauth.access import ask
from postroom.secret import Secret
from postroom.servers import imap_server
from postroom.source import Source
from store.limits import Limits
from tests.postroom.installed import CANARY, GOOD, VARIABLES, command, configured, install, secret

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"
IMAP = {"host": "imap.example.com", "user": "me", "password": CANARY}


def alone(**more: str) -> dict[str, str]:
    return VARIABLES | {f"POSTROOM_{name}": value for name, value in more.items()}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_file_is_that_of_the_option_else_of_the_variable_else_the_one_that_lies_here() -> None:
    assert find("a.toml", {"POSTROOM_CONFIG": "b.toml"}) == Path("a.toml")
    assert find(None, {"POSTROOM_CONFIG": "b.toml"}) == Path("b.toml")
    assert find(None, {}) == Path("postroom.toml")


def test_what_is_left_out_gets_its_default(tmp_path: Path) -> None:
    config = configured(tmp_path)
    (box,) = config.mailboxes
    assert (box.name, box.port, box.workflow, box.start) == ("support@example.com", 993, "courseleaf", "now")
    assert (box.settings.folder, box.settings.processed_folder) == ("INBOX", "Processed")
    assert (config.smtp_port, config.settings.smtp.tls, config.team) == (587, "starttls", "Support")
    assert (str(config.zone), config.sender.addr) == ("America/Chicago", "support@example.com")
    assert config.ours.support == frozenset({"support@example.com"})
    assert config.ours.staff == frozenset({"kim@example.com"})


@pytest.mark.parametrize(("tls", "imap", "smtp"), [("implicit", 993, 465), ("starttls", 143, 587), ("none", 143, 25)])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_the_port_follows_from_tls_and_none_is_for_this_machine(host: str, tls: str, imap: int, smtp: int) -> None:
    servers = {"MAILBOX__0__IMAP__HOST": host, "MAILBOX__0__IMAP__TLS": tls, "SMTP__HOST": host, "SMTP__TLS": tls}
    config = read(Path("postroom.toml"), alone(**servers))
    assert (config.mailboxes[0].port, config.smtp_port) == (imap, smtp)


def test_escalate_answers_as_itself_and_support_as_the_sender(tmp_path: Path) -> None:
    more = '[[mailbox]]\nrole = "escalate"\naddress = "escalate@example.com"\n'
    imap = 'imap = { host = "h.example.com", user = "e", password_file = "imap.password" }\n'
    config = configured(tmp_path, GOOD + more + imap)
    assert [str(box.sender.addr) for box in config.mailboxes] == ["support@example.com", "escalate@example.com"]
    assert config.mailboxes[1].sender.name == "Support"
    assert config.ours.escalate == frozenset({"escalate@example.com"})


def test_relative_paths_are_meant_from_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc").mkdir()
    file = install(tmp_path / "etc")
    monkeypatch.chdir("/")
    config = read(file, {})
    assert config.database == f"sqlite:///{tmp_path}/etc/postroom.db"
    assert config.key_file == tmp_path / "etc" / "postroom.key"
    assert config.mailboxes[0].password.reveal() == CANARY


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
@pytest.mark.parametrize("more", ["", "/postroom", ":5433/postroom?sslmode=verify-full"])
def test_the_password_of_a_database_is_taken_out_of_its_address(scheme: str, more: str) -> None:
    rest = more or "/postroom"
    config = read(Path("postroom.toml"), alone(DATABASE=f"{scheme}://me:p%40ss%2F{CANARY}@db.example.com{rest}"))
    assert config.database == f"{scheme}://me@db.example.com{rest}"
    assert config.database_password
    assert config.database_password.reveal() == f"p@ss/{CANARY}"
    assert config.database_file is None
    assert CANARY not in repr(config.database_password)


def test_the_password_of_a_database_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    address = "postgresql+psycopg://me@db.example.com/postroom"
    given = read(Path("postroom.toml"), alone(DATABASE=address, DATABASE_PASSWORD="[a]"))
    beside = configured(tmp_path, f'database = "{address}"\ndatabase_password_file = "imap.password"\n{GOOD}')
    for config, password in ((beside, CANARY), (given, "[a]")):
        assert (config.database, config.database_password and config.database_password.reveal()) == (address, password)


@pytest.mark.parametrize(
    ("text", "addr", "name"),
    [
        ("a@example.com", "a@example.com", ""),
        ("<a@example.com>", "a@example.com", ""),
        ('"Help, please" <a@example.com>', "a@example.com", "Help, please"),
        ("  Büro  <a@example.com> ", "a@example.com", "Büro"),
        ("A < B <a@example.com>", "a@example.com", "A < B"),
    ],
)
def test_a_sender_is_an_address_with_or_without_a_name(text: str, addr: str, name: str) -> None:
    sender = read(Path("postroom.toml"), alone(SMTP__FROM=text)).sender
    assert (sender.addr, sender.name) == (addr, name)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("now", "now"),
        ("all", "all"),
        ("2026-11-01", date(2026, 11, 1)),
        ("2026-11-01T14:30:00+00:00", datetime(2026, 11, 1, 14, 30, tzinfo=UTC)),
        ("2026-11-01T14:30:00Z", datetime(2026, 11, 1, 14, 30, tzinfo=UTC)),
        ("2026-11-01T14:30", datetime(2026, 11, 1, 14, 30)),  # noqa: DTZ001 - the team's zone is meant
    ],
)
def test_a_mailbox_is_read_from_now_from_its_beginning_from_a_day_or_from_a_moment(
    text: str, start: date | str
) -> None:
    assert read(Path("postroom.toml"), alone(MAILBOX__0__START=text)).mailboxes[0].start == start


def test_the_environment_alone_is_enough(tmp_path: Path) -> None:
    config = read(Path("postroom.toml"), VARIABLES)
    assert config.mailboxes[0].password.reveal() == CANARY
    assert config.smtp_password is None
    assert config.folder == tmp_path


def test_nothing_at_all_is_told_apart_from_something_wrong() -> None:
    with pytest.raises(NoConfig):
        read(Path("postroom.toml"), {"POSTROOM_CLOCK_OFFSET": "0", "PATH": "/bin"})
    with pytest.raises(ConfigError) as refused:
        read(Path("postroom.toml"), {"POSTROOM_TEAM": "Us"})
    assert not isinstance(refused.value, NoConfig)


def test_the_environment_overrules_the_file_in_values_of_every_type(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        GOOD,
        POSTROOM_TEAM="The desk",
        POSTROOM_SMTP__PORT="2525",
        POSTROOM_SMTP__TLS="implicit",
        POSTROOM_POLL_INTERVAL_SECONDS="7.5",
        POSTROOM_LIMITS__PER_TICKET="2",
        POSTROOM_FORMS='["web@example.com"]',
        POSTROOM_KNOWN_CLIENTS__0="@example.org",
        POSTROOM_MAILBOX__0__ALIASES__0="help@example.com",
        POSTROOM_STAFF='[{"address": "lee@example.com", "roles": ["admin"]}]',
        POSTROOM_REPORT='[{"name": "nightly", "subject": "[failed]"}]',
        POSTROOM_REPORT__0__HOST="[db1]",
    )
    changed = config.settings
    assert (config.team, config.smtp_port, changed.smtp.tls) == ("The desk", 2525, "implicit")
    assert (changed.poll_interval_seconds, changed.limits) == (7.5, {"per_ticket": 2})
    assert (changed.forms, changed.known_clients) == (["web@example.com"], ["@example.org"])
    assert changed.mailbox[0].aliases == ["help@example.com"]
    assert [(person.address, person.roles) for person in changed.staff] == [("lee@example.com", ["admin"])]
    assert [(report.subject, report.host) for report in changed.report] == [("[failed]", "[db1]")]
    assert changed.smtp.host == "smtp.example.com"


@pytest.mark.parametrize("password", ["[1]", '{"a": 1}', "4711", "true", " blank ", "ünï", '"'])
def test_a_password_of_the_environment_is_taken_as_it_stands(password: str) -> None:
    config = read(Path("postroom.toml"), alone(MAILBOX__0__IMAP__PASSWORD=password))
    assert config.mailboxes[0].password.reveal() == password


def test_twelve_mailboxes_come_from_the_environment_in_their_order() -> None:
    given: dict[str, str] = {}
    for number in range(12):
        box = f"MAILBOX__{number}__"
        given |= {f"{box}ROLE": "support", f"{box}ADDRESS": f"n{number}@example.com"}
        given |= {f"{box}IMAP__{key.upper()}": value for key, value in IMAP.items()}
    config = read(Path("postroom.toml"), alone(**given))
    assert [box.name for box in config.mailboxes] == [f"n{number}@example.com" for number in range(12)]


NAMES = st.from_regex(r"[a-z][a-z_]{0,8}[a-z]", fullmatch=True).filter(lambda name: "__" not in name)
TREES = st.recursive(
    st.text("abc xyz", min_size=1),
    lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3) | st.lists(inner, min_size=1, max_size=12),
    max_leaves=30,
)


def leaves(tree: object, key: str) -> dict[str, str]:
    if isinstance(tree, dict):
        return {k: v for name, below in tree.items() for k, v in leaves(below, f"{key}.{name}".lstrip(".")).items()}
    if isinstance(tree, list):
        return {k: v for index, below in enumerate(tree) for k, v in leaves(below, f"{key}[{index}]").items()}
    return {variable(key): str(tree)}


@given(st.dictionaries(NAMES, TREES, max_size=4))
def test_whatever_a_file_can_say_the_environment_can_say(tree: dict[str, object]) -> None:
    assert overlay({}, leaves(tree, "")) == tree


@given(st.dictionaries(st.text("ABC_012", max_size=12).map("POSTROOM_".__add__), st.text(max_size=8), max_size=6))
def test_any_names_are_laid_over_or_refused_by_name(environment: dict[str, str]) -> None:
    said = refusal(environment)
    assert not said or any(name in said for name in environment)


def refusal(environment: dict[str, str]) -> str:
    try:
        overlay({"a": ["x"], "b": {"c": "y"}}, environment)
    except ValueError as error:
        return str(error)
    return ""


def test_a_credential_is_read_where_systemd_puts_it(tmp_path: Path) -> None:
    (tmp_path / "credentials").mkdir()
    secret(tmp_path / "credentials" / "imap")
    text = GOOD.replace('password_file = "imap.password"', 'password_credential = "imap"')
    config = configured(tmp_path, text, CREDENTIALS_DIRECTORY=str(tmp_path / "credentials"))
    assert config.mailboxes[0].password.reveal() == CANARY


LENT = """
[web]
metrics_token_credential = "metrics"
[tracker]
secret_credential = "tracker"
[[webhook]]
name = "crm"
url = "https://crm.example.com/"
secret_credential = "crm"
[oauth.house]
provider = "google"
client_id = "postroom"
client_secret_credential = "house"
"""


def test_what_systemd_gives_to_the_service_alone_is_missed_by_run_and_by_no_other_command(tmp_path: Path) -> None:
    text = GOOD.replace('password_file = "', 'password_credential = "').replace(
        '"imap.example.com"', '"127.0.0.1", port = 9, tls = "none"'
    )
    install(tmp_path, text + LENT)
    config = read(tmp_path / "postroom.toml", {})
    keys = (
        "client_secret",
        "imap.password",
        "smtp.password",
        "tracker.secret",
        "web.metrics_token",
        "webhook[0].secret",
    )
    assert [any(f"{key}_credential: credential" in line for line in config.lent) for key in keys] == [True] * len(keys)
    assert all(line.endswith("CREDENTIALS_DIRECTORY is not set") for line in config.lent)
    at = ["--config", str(tmp_path / "postroom.toml")]
    assert command(*at, "tickets").exit_code == 0
    said = command(*at, "run", "--once")
    assert (said.exit_code, said.stderr.count("\n")) == (2, 1)
    assert 'credential "' in said.stderr
    asked = imap_server(config.mailboxes[0], config).ask
    assert asked
    with pytest.raises(NoPassword, match=r'password_credential: credential "imap\.password": systemd gives none here'):
        asked()
    with pytest.raises(NoToken, match=r'credential "house": systemd gives none here'):
        ask(config.oauth["house"], {})


def test_only_the_end_of_the_line_is_no_part_of_a_password(tmp_path: Path) -> None:
    install(tmp_path)
    secret(tmp_path / "imap.password", "  two words \r\n")
    assert read(tmp_path / "postroom.toml", {}).mailboxes[0].password.reveal() == "  two words "


def test_a_file_that_an_editor_marked_is_read(tmp_path: Path) -> None:
    assert configured(tmp_path, "\ufeff" + GOOD.replace("\n", "\r\n")).team == "Support"


def test_a_closed_folder_closes_the_files_in_it(open_folder: Path) -> None:
    (open_folder / "private").mkdir(mode=0o700)
    file = install(open_folder / "private")
    (open_folder / "private" / "imap.password").chmod(0o644)
    assert read(file, {}).mailboxes[0].password.reveal() == CANARY
    file.parent.chmod(0o755)
    with pytest.raises(ConfigError, match="chmod 600"):
        read(file, {})


@pytest.fixture
def app(tmp_path: Path) -> App:
    text = GOOD.replace('password_file = "smtp.password"', f'password = "{CANARY}"')
    return open_app(str(install(tmp_path, text)))


def test_no_way_of_printing_shows_a_password(app: App) -> None:
    for value in (app, app.config, app.config.settings, app.config.settings.smtp, app.config.mailboxes[0]):
        for text in (repr(value), str(value), f"{value}", f"{value!a}"):
            assert CANARY not in text
    assert CANARY not in str(dataclasses.asdict(app.config))
    assert CANARY not in repr(copy.deepcopy(app.config))
    assert CANARY not in repr(msgspec.structs.asdict(app.config.settings.smtp))
    app.database.close()


def test_a_secret_cannot_be_written_as_json() -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode(Secret(CANARY))
    with pytest.raises(TypeError):
        json.dumps({"password": Secret(CANARY)})


def test_a_secret_is_known_by_its_presence_alone() -> None:
    assert (bool(Secret("x")), bool(Secret(""))) == (True, False)
    assert Secret(CANARY).reveal() == CANARY
    assert repr([Secret(CANARY)]) == "[Secret(***)]"


def test_the_trace_of_a_refusal_shows_no_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read(install(tmp_path, GOOD + 'timezone = "Mars"'), {"POSTROOM_SMTP__PASSWORD": CANARY})
    assert CANARY not in "".join(traceback.format_exception(refused.value))
    assert CANARY not in repr(pickle.dumps(refused.value))
    assert CANARY not in repr(Source(tmp_path, frozenset({"POSTROOM_SMTP__PASSWORD"})))


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = install(tmp_path)
    first, second = open_app(str(file)), open_app(str(file))
    assert first.keys == second.keys
    assert (tmp_path / "postroom.key").stat().st_mode & 0o777 == 0o600
    for one in (first, second):
        one.database.close()


def test_the_configured_days_are_those_of_the_timers_in_every_workflow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = GOOD[GOOD.index("[[mailbox]]") : GOOD.index("[smtp]")].replace("support@", "desk@")
    second = second.replace('role = "support"', 'role = "support"\nworkflow = "service-desk"')
    monkeypatch.setenv("POSTROOM_TIMERS__STALE", "5")
    app = open_app(str(install(tmp_path, f"timers = {{ waiting_for_customer = 30 }}\n{GOOD}\n{second}")))
    days = {
        key: status.timer.after.days
        for workflow in app.workflows.values()
        for key, status in workflow.statuses.items()
        if status.timer and status.timer.after
    }
    assert days == {
        "pending_client_feedback": 21,
        "stale": 5,
        "waiting_for_customer": 30,
        "waiting_for_customer_approval": 7,
    }
    app.database.close()


def test_timers_count_by_the_calendars_of_the_configuration_in_the_teams_zone(tmp_path: Path) -> None:
    week = 'days = ["mon", "Tuesday", "wed", "thu"]\nhours = "08:30-17:00"\ncountry = "US"\nsubdivision = "IL"\n'
    office = f'[calendar.office]\n{week}holidays = ["2027-03-09", "12-24"]\n'
    text = f'timers = {{ stale = "3 office", pending_client_feedback = "15" }}\n{GOOD}\n{office}'
    app = open_app(str(install(tmp_path, text)))
    flow = app.workflow("courseleaf")
    assert str(flow.zone) == "America/Chicago"
    stale, waits = (flow.statuses[key].timer for key in ("stale", "pending_client_feedback"))
    assert stale and waits  # noqa: PT018 - for the type checker
    assert (waits.after, waits.calendar.name) == (timedelta(days=15), "calendar")
    noon = datetime(2027, 3, 8, 12, tzinfo=app.config.zone)  # a Monday; the clocks change on Sunday
    assert stale.calendar.after(noon, 3) == noon + timedelta(days=7)
    thanksgiving = datetime(2026, 11, 25, 12, tzinfo=app.config.zone)
    assert stale.calendar.after(thanksgiving, 1) == datetime(2026, 11, 30, 12, tzinfo=app.config.zone)
    assert stale.calendar.after(datetime(2029, 12, 24, 9, tzinfo=UTC), 0).date() == date(2029, 12, 26)
    app.database.close()


def test_who_names_no_country_waits_for_no_holidays(tmp_path: Path) -> None:
    file = install(tmp_path, f"{GOOD}\n[calendar.office]\n")
    code = (
        f"import sys; from postroom.app import open_app; open_app({str(file)!r}); sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0


def test_the_configured_limits_and_exemptions_are_those_that_count(tmp_path: Path) -> None:
    text = f'known_clients = ["@Example.org"]\nlimits = {{ global_hour = 7 }}\n{GOOD}'
    app = open_app(str(install(tmp_path, text)))
    assert app.limits == Limits(global_hour=7, exempt=frozenset({"@example.org"}))
    app.database.close()


def test_trouble_is_told_to_managers_and_admins_else_to_everybody(tmp_path: Path) -> None:
    more = '[[staff]]\naddress = "lee@example.com"\nroles = ["manager"]\n'
    assert told(install(tmp_path, GOOD + more)) == ["lee@example.com"]
    assert told(install(tmp_path, GOOD)) == ["kim@example.com"]


def told(file: Path) -> list[str]:
    app = open_app(str(file))
    app.database.close()
    return app.managers


def test_a_mailbox_that_the_configuration_no_longer_has_is_served_by_the_first(app: App) -> None:
    assert app.box("gone") is app.config.mailboxes[0]
    assert app.workflow("gone") is app.workflows["courseleaf"]
    app.database.close()


def keys(of: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(of)}


TABLES = [one for one in vars(settings).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)]


@pytest.mark.parametrize("of", [one for one in TABLES if one is not msgspec.Struct])
def test_every_key_is_in_the_document(of: type[msgspec.Struct]) -> None:
    words = set(re.findall(r"[\w.]+", DOCUMENT.read_text("utf-8")))
    assert keys(of) - words == set()


def test_the_document_names_every_limit_with_its_default() -> None:
    (row,) = (line for line in DOCUMENT.read_text("utf-8").splitlines() if "**`[limits]`**" in line)
    written = {name: int(number) for name, number in re.findall(r"`(\w+)` (\d+)", row)}
    assert written == {f.name: f.default for f in dataclasses.fields(Limits) if f.name != "exempt"}


@pytest.mark.parametrize("file", ["README.md", "docs/configuration.md"])
def test_every_variable_that_a_document_names_is_a_key(file: str, tmp_path: Path) -> None:
    text = (DOCUMENT.parents[1] / file).read_text("utf-8")
    named = set(re.findall(r"POSTROOM_[A-Z0-9]+(?:_+[A-Z0-9]+)*", text)) - {"POSTROOM_CONFIG"}
    assert named
    for name in named:
        value = "2525" if name.endswith("PORT") else "help@example.com"
        assert configured(tmp_path, GOOD, **{name: value})


def test_the_example_of_the_readme_is_a_right_configuration(tmp_path: Path) -> None:
    text = (DOCUMENT.parents[1] / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    app = open_app(str(install(tmp_path, example)))
    assert app.config.ours.support == frozenset({"support@example.com", "help@example.com"})
    app.database.close()
