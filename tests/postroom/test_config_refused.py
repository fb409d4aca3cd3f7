"""A wrong configuration: exit status 2, and exactly one line that names key, value and mend, and no secret."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.postroom.installed import CANARY, GOOD, VARIABLES, command, install, secret

IMAP = 'imap = { host = "imap.example.com", user = "support@example.com", password_file = "imap.password" }'
BOX = f'[[mailbox]]\nrole = "support"\naddress = "support@example.com"\n{IMAP}\n'
SMTP = 'password_file = "smtp.password"'
TOP = 'timezone = "America/Chicago"'
# What is wrong: a piece of the good file, what stands in its place, and what the line says.
WRONG = {
    "no mailbox": (BOX, "", ["mailbox is missing", "[[mailbox]]"]),
    "an empty list of mailboxes": (BOX, "mailbox = []\n", ["mailbox is missing", "[[mailbox]]"]),
    "a mailbox that is no list": ("[[mailbox]]", "[mailbox]", ["mailbox has a value of the wrong kind", "list"]),
    "no role": ('role = "support"\n', "", ["mailbox[0].role is missing", "POSTROOM_MAILBOX__0__ROLE"]),
    "a role that there is not": (
        'role = "support"',
        'role = "sales"',
        ['mailbox[0].role is "sales"', "escalate or support"],
    ),
    "a key that there is not": (TOP, 'timezome = "UTC"', ["timezome is no key", '"timezone"']),
    "a key that there is not, in a table": ("host = ", "hots = ", ["mailbox[0].imap.hots is no key", '"host"']),
    "a key of odd letters": (TOP, '"a`b\\n.c" = "UTC"', ["a`b .c is no key"]),
    "a table for a text": (
        TOP,
        "timezone = { name = 1 }",
        ["timezone has a value of the wrong kind", "text in quotes"],
    ),
    "a number for a text": (TOP, "timezone = 5", ['timezone is "5"', "text in quotes"]),
    "a date without quotes": (IMAP, f"start = 2026-11-01\n{IMAP}", ['mailbox[0].start is "2026-11-01"', "in quotes"]),
    "a text for a number": (SMTP, f'port = "smtps"\n{SMTP}', ['smtp.port is "smtps"', "whole number"]),
    "a fraction for a number": (SMTP, f"port = 1.5\n{SMTP}", ['smtp.port is "1.5"', "whole number"]),
    "a truth for a number": (SMTP, f"port = true\n{SMTP}", ['smtp.port is "True"', "whole number"]),
    "a text for a list": (TOP, 'forms = "web@example.com"', ['forms is "web@example.com"', "list"]),
    "a number in a list of texts": (TOP, "forms = [1]", ['forms[0] is "1"', "text in quotes"]),
    "a text for a table": (IMAP, f'imap = "imaps://me:{CANARY}@host"', ["mailbox[0].imap has", "table"]),
    "a rule of a kind that there is not": (
        TOP,
        f'{TOP}\n[[rule]]\nkind = "vacation"\nsubject = "away today"',
        ['rule[0].kind is "vacation"', "person", "out_of_office"],
    ),
    "a rule for what a token says": (TOP, f'{TOP}\n[[rule]]\nkind = "own_mail"\nsender = "@a.test"', ["rule[0].kind"]),
    "a rule for a report": (TOP, f'{TOP}\n[[rule]]\nkind = "system_report"\nsender = "@a.test"', ["[[report]]"]),
    "a rule that names nothing": (
        TOP,
        f'{TOP}\n[[rule]]\nkind = "bulk"',
        ["rule[0].sender is missing: add it, a subject or a phrase"],
    ),
    "a rule for everybody's mail": (TOP, f'{TOP}\n[[rule]]\nkind = "bulk"\nphrase = " a. "', ["rule[0].phrase", "4"]),
    "a rule for no address": (TOP, f'{TOP}\n[[rule]]\nkind = "bulk"\nsender = "Ada"', ['rule[0].sender is "Ada"']),
    "a first look at everybody's mail": (
        TOP,
        f'{TOP}\n[[first_look]]\nstatus = "assessment"',
        ["first_look[0].sender is missing: add it, a subject or a phrase"],
    ),
    "a first look in no status": (
        TOP,
        f'{TOP}\n[[first_look]]\nstatus = "assesment"\nphrase = "invoice"',
        ['first_look[0].status is "assesment"', '"assessment"'],
    ),
    "a first look that waits for the client": (
        TOP,
        f'{TOP}\n[[first_look]]\nstatus = "pending_client_feedback"\nphrase = "invoice"',
        ['first_look[0].status is "pending_client_feedback"', "name a status whose ball is with us"],
    ),
    "a first look at no address": (
        TOP,
        f'{TOP}\n[[first_look]]\nstatus = "assessment"\nsender = "Ada"',
        ['first_look[0].sender is "Ada"'],
    ),
    "a table for a password": (SMTP, f"password = {{ a = '{CANARY}' }}", ["smtp.password has a value of the wrong"]),
    "a number for a password": (SMTP, "password = 4711", ["smtp.password has a value of the wrong kind", "in quotes"]),
    "a password under a wrong name": (SMTP, f'passwrod = "{CANARY}"', ["smtp.passwrod is no key", '"password"']),
    "two passwords": (SMTP, f'{SMTP}\npassword = "{CANARY}"', ["smtp.password", "smtp.password_file", "keep one"]),
    "no password for a mailbox": (
        ', password_file = "imap.password"',
        "",
        ["mailbox[0].imap.password_file is missing"],
    ),
    "a user without a password": (f"{SMTP}\n", "", ["smtp.password_file is missing"]),
    "a password without a user": (
        f'user = "support@example.com"\n{SMTP}',
        SMTP,
        ["smtp.user is missing", "POSTROOM_SMTP__USER"],
    ),
    "a password file that is not there": ("imap.password", "other", ["mailbox[0].imap.password_file", "No such file"]),
    "a password file that is a folder": ('"smtp.password"', '"."', ["smtp.password_file", "Is a directory"]),
    "a password file with a hole in its name": ('"smtp.password"', '"a\\u0000b"', ["smtp.password_file", "a b"]),
    "a database's credential where systemd gives none": (
        TOP,
        'database_password_credential = "database"',
        ["database_password_credential", "CREDENTIALS_DIRECTORY"],
    ),
    "an empty host": ('"imap.example.com"', '""', ['mailbox[0].imap.host is ""', "not be empty"]),
    "an empty user": ('user = "support@example.com", ', 'user = "", ', ['mailbox[0].imap.user is ""', "not be empty"]),
    "a command in a user": (
        'm", password',
        'm\\r\\nA1 LOGOUT", password',
        ["mailbox[0].imap.user", "control character"],
    ),
    "a port beyond the last": (SMTP, f"port = 65536\n{SMTP}", ['smtp.port is "65536"', "65535"]),
    "a port below the first": (SMTP, f"port = -1\n{SMTP}", ['smtp.port is "-1"', "65535"]),
    "a port of many digits": (SMTP, f"port = {'9' * 400}\n{SMTP}", ["smtp.port", "65535"]),
    "a word for tls": (SMTP, f'tls = "ssl"\n{SMTP}', ['smtp.tls is "ssl"', "implicit", "starttls"]),
    "no tls to another machine": (
        SMTP,
        f'tls = "none"\n{SMTP}',
        ['smtp.tls is "none"', "smtp.example.com", "starttls"],
    ),
    "no tls to another machine's mailbox": (
        "imap = { ",
        'imap = { tls = "none", ',
        ['mailbox[0].imap.tls is "none"', "imap.example.com"],
    ),
    "no tls to a name that begins like ours": (
        'host = "smtp.example.com"',
        'host = "localhost.example.com"\ntls = "none"',
        ['smtp.tls is "none"'],
    ),
    "a file of authorities that is not there": (
        SMTP,
        f'{SMTP}\nca_file = "ca.pem"',
        ['smtp.ca_file is "ca.pem"', "PEM"],
    ),
    "a file of authorities that is none": (SMTP, f'{SMTP}\nca_file = "postroom.toml"', ["smtp.ca_file", "PEM"]),
    "no connections": (SMTP, f"connections = 0\n{SMTP}", ['smtp.connections is "0"', "from 1"]),
    "a sender without a domain": ("<support@example.com>", "<support>", ['smtp.from is "Support <support>"', "name@"]),
    "two headers for a sender": ('"Support <', '"A\\r\\nBcc: x@example.org <', ["smtp.from", "control character"]),
    "a mailbox's address that is none": (
        'address = "support@example.com"',
        'address = "support"',
        ['mailbox[0].address is "support"', "name@example.com"],
    ),
    "an alias that is none": (IMAP, f'aliases = ["help"]\n{IMAP}', ['mailbox[0].aliases[0] is "help"', "name@"]),
    "a member of staff without an address": ('"kim@example.com"', '"Kim"', ['staff[0].address is "Kim"', "name@"]),
    "a role of staff that there is not": (
        'name = "Kim"',
        'roles = ["boss"]',
        ['staff[0].roles[0] is "boss"', "admin or agent or manager"],
    ),
    "a client that is none": (TOP, 'known_clients = ["example.com"]', ['known_clients[0] is "example.com"', "name@"]),
    "a form that is none": (TOP, 'forms = ["web"]', ['forms[0] is "web"', "name@example.com"]),
    "a report that matches everything": (
        'name = "Kim"',
        'name = "Kim"\n[[report]]\nname = "nightly"',
        ["report[0].sender is missing: add it, a subject, a header or a host"],
    ),
    "two reports of one name": (
        TOP,
        f'{TOP}\n[[report]]\nname = "nightly"\nsender = "@a.test"\n[[report]]\nname = "nightly"\nsubject = "x"',
        ['report[1].name is "nightly"', "report[0] has that name"],
    ),
    "a report that matches anything": (
        TOP,
        f'{TOP}\n[[report]]\nname = "nightly"\nsubject = "* {{host}} *"',
        ['report[0].subject is "* {host} *"', "name words"],
    ),
    "a report with two hosts": (
        TOP,
        f'{TOP}\n[[report]]\nname = "nightly"\nsubject = "{{host}} failed"\nhost = "host {{host}}"',
        ["report[0].host is", "{host} in one"],
    ),
    "a report by a header without a name": (
        TOP,
        f'{TOP}\n[[report]]\nname = "nightly"\nheader = "nightly"',
        ['report[0].header is "nightly"', "X-Job"],
    ),
    "a report whose repeats do what there is not": (
        TOP,
        f'{TOP}\n[[report]]\nname = "nightly"\nsender = "@a.test"\nrepeats = "weekly"',
        ['report[0].repeats is "weekly"', "join"],
    ),
    "a report to a status that there is not": (
        TOP,
        f'{TOP}\n[[report]]\nname = "nightly"\nsender = "@a.test"\nstatus = "daily_logs"',
        ['report[0].status is "daily_logs"', "no workflow has a status", '"daily_sh_logs"'],
    ),
    "an address of pages that is none": (
        TOP,
        'public_url = "help"',
        ['public_url is "help"', "https://help.example.com"],
    ),
    "an address of pages that would break out of a link": (
        TOP,
        "public_url = 'https://help.example.com/\">'",
        ["public_url is", "https://help.example.com"],
    ),
    "pages on a port that is none": (TOP, "[web]\nport = 70000", ['web.port is "70000"', "65535"]),
    "pages that may be": (TOP, '[web]\nenabled = "maybe"', ['web.enabled is "maybe"', "true or false"]),
    "a proxy that is a name": (
        TOP,
        '[web]\ntrusted_proxies = ["proxy.test"]',
        ['web.trusted_proxies[0] is "proxy.test"', "10.0.0.0/8"],
    ),
    "a token that can be guessed": (TOP, "[web]\nmetrics_token = 'short'", ["web.metrics_token", "16 characters"]),
    "less than no days": (TOP, "[retention]\nmachine_mail_days = -1", ['retention.machine_mail_days is "-1"']),
    "tickets kept for less than no days": (
        TOP,
        "[retention]\nclosed_ticket_days = -1",
        ['retention.closed_ticket_days is "-1"'],
    ),
    "an interval of no time": (TOP, "poll_interval_seconds = 0", ['poll_interval_seconds is "0.0"', "above 0"]),
    "an interval without end": (TOP, "poll_interval_seconds = inf", ['poll_interval_seconds is "inf"', "at most"]),
    "an interval that is no number": (
        TOP,
        "poll_interval_seconds = nan",
        ['poll_interval_seconds is "nan"', "above 0"],
    ),
    "a zone that there is not": ("America/Chicago", "America/Springfield", ["timezone", "Springfield", "Chicago"]),
    "a zone that is a folder": ("America/Chicago", "America", ['timezone is "America"', "America/Chicago"]),
    "a zone outside": ("America/Chicago", "../../etc/passwd", ["timezone", "America/Chicago"]),
    "a day that there is not": (IMAP, f'start = "2026-02-30"\n{IMAP}', ['mailbox[0].start is "2026-02-30"', '"all"']),
    "a moment that there is not": (
        IMAP,
        f'start = "2026-11-22T25:00"\n{IMAP}',
        ["mailbox[0].start", "T14:30:00+00:00"],
    ),
    "a folder that is its own archive": (
        IMAP,
        f'processed_folder = "inbox"\n{IMAP}',
        ['mailbox[0].processed_folder is "inbox"', "name another"],
    ),
    "a folder that is read twice": (
        IMAP,
        f'folders = ["Billing", "inbox"]\n{IMAP}',
        ['mailbox[0].folders is "Billing, inbox"', "name it once"],
    ),
    "a folder of filed mail that is read": (
        IMAP,
        f'folders = ["Processed"]\n{IMAP}',
        ['mailbox[0].processed_folder is "Processed"', "name another"],
    ),
    "sent mail where mail comes": (
        IMAP,
        f'sent_folder = "Inbox"\n{IMAP}',
        ['mailbox[0].sent_folder is "Inbox"', "holds mail that came"],
    ),
    "copies that go nowhere": (
        IMAP,
        f"sent_copy = true\n{IMAP}",
        ['mailbox[0].sent_copy is "true"', 'sent_folder = "auto"'],
    ),
    "an alias that another of the team has": (
        '"kim@example.com"',
        '"kim@example.com"\naliases = ["K@Example.com", "k@example.com"]',
        ['staff[0].aliases[1] is "k@example.com"', "has that address already"],
    ),
    "an alias of staff that is none": (
        '"kim@example.com"',
        '"kim@example.com"\naliases = ["kim"]',
        ['staff[0].aliases[0] is "kim"', "name@"],
    ),
    "what colleagues hear that there is not": (TOP, f'{TOP}\ntell_colleagues = "some"', ['tell_colleagues is "some"']),
    "a member of staff twice": (
        '"kim@example.com"',
        '"Kim@Example.com"\n[[staff]]\naddress = "kim@example.com"',
        ['staff[1].address is "kim@example.com": staff[0] has that address', "once"],
    ),
    "two mailboxes with one name": (BOX, BOX + BOX, ['mailbox[1].name is "support@example.com"', "mailbox[0]"]),
    "another kind of database": (
        TOP,
        f'database = "mysql://me:{CANARY}@db/postroom"',
        ['database is "mysql:…"', "sqlite:///postroom.db", "postgresql+psycopg://user@host/name"],
    ),
    "a server's database without a name": (
        TOP,
        f'database = "postgresql+psycopg://me:{CANARY}@db/"',
        ['database is "postgresql+psycopg:…"', "user@host/name"],
    ),
    "a port that is none": (
        TOP,
        f'database = "postgresql+psycopg://me:{CANARY}@db:70000/postroom"',
        ['database is "postgresql+psycopg:…"', "user@host/name"],
    ),
    "a password with a letter that has to be escaped": (
        TOP,
        f'database = "postgresql+psycopg://me:1/{CANARY}@db/postroom"',
        ['database is "postgresql+psycopg:…"', "%2F"],
    ),
    "a password where it would be shown": (
        TOP,
        f'database = "postgresql+psycopg://me@db/postroom?password={CANARY}"',
        ['database is "postgresql+psycopg:…"', "user@host/name"],
    ),
    "two passwords of the database": (
        TOP,
        f'database = "postgresql+psycopg://me:{CANARY}@db/postroom"\ndatabase_password = "{CANARY}"',
        ["database holds a password", "keep one"],
    ),
    "a database in no folder": (TOP, 'database = "sqlite:///away/a.db"', ["database", "there is no folder"]),
    "a database that is a folder": (TOP, 'database = "sqlite:///."', ['database is "sqlite:///."', "another file"]),
    "a database with settings of its own": (TOP, 'database = "sqlite:///a.db?mode=ro"', ["database", "another file"]),
    "a timer of no status": (
        TOP,
        "timers = { pending_cleint_feedback = 14 }",
        ['timers.pending_cleint_feedback is "14"', 'did you mean "pending_client_feedback"?'],
    ),
    "a timer of another workflow's status": (
        TOP,
        "timers = { waiting_for_customer = 14 }",
        ['timers.waiting_for_customer is "14"', "no status of that key", '"stale"'],
    ),
    "a timer that waits for a date": (
        TOP,
        "timers = { appointment_scheduled = 3 }",
        ['timers.appointment_scheduled is "3"', "has a timer of days"],
    ),
    "a timer of no time": (TOP, "timers = { stale = 0 }", ['timers.stale is "0"', "from 1 to 3650"]),
    "a timer that ends before its reminder": (
        TOP,
        'workflow = "service-desk"\ntimers = { waiting_for_customer = 7 }',
        ['timers.waiting_for_customer is "7"', "from 8 to 3650", "reminds 7 days before its end"],
    ),
    "a timer by a calendar that there is not": (
        TOP,
        'timers = { stale = "2 offce" }\n[calendar.office]',
        ['timers.stale is "2 offce"', "no [calendar.offce]", 'did you mean "office"?'],
    ),
    "all days as working days": (TOP, "[calendar.calendar]", ['calendar.calendar is "calendar"', "are all days"]),
    "a calendar whose name is none": (TOP, '[calendar."9 to 5"]', ['calendar.9 to 5 is "9 to 5"', "small letters"]),
    "a calendar without a day": (TOP, "[calendar.office]\ndays = []", ["calendar.office.days", '"monday"']),
    "a day of no week": (TOP, '[calendar.office]\ndays = ["mo"]', ['calendar.office.days[0] is "mo"', '"monday"']),
    "working hours that end before they begin": (
        TOP,
        '[calendar.office]\nhours = "22:00-06:00"',
        ['calendar.office.hours is "22:00-06:00"', "the earlier time first"],
    ),
    "working hours of no clock": (
        TOP,
        '[calendar.office]\nhours = "9-24:01"',
        ["calendar.office.hours", "09:00-17:00"],
    ),
    "a country that there is not": (
        TOP,
        '[calendar.office]\ncountry = "USA1"',
        ['calendar.office.country is "USA1"', "ISO 3166"],
    ),
    "a part of no country": (TOP, '[calendar.office]\nsubdivision = "IL"', ["calendar.office.country is missing"]),
    "a part that the country has not": (
        TOP,
        '[calendar.office]\ncountry = "US"\nsubdivision = "BY"',
        ['calendar.office.subdivision is "BY"', '"'],
    ),
    "a holiday that is no date": (
        TOP,
        '[calendar.office]\nholidays = ["02-30"]',
        ['calendar.office.holidays[0] is "02-30"', '"12-24"'],
    ),
    "a timer in words": (TOP, 'timers = { stale = "two days" }', ['timers.stale is "two days"', "number"]),
    "a limit that there is not": (
        TOP,
        "limits = { per_fortnight = 1 }",
        ['limits.per_fortnight is "1"', "per_address_hour"],
    ),
    "a limit below nothing": (TOP, "limits = { per_ticket = -1 }", ['limits.per_ticket is "-1"', "from 0"]),
    "a limit that is no number": (TOP, 'limits = { per_ticket = "many" }', ['limits.per_ticket is "many"', "number"]),
    "a limit that is not for people to set": (TOP, "limits = { exempt = 1 }", ["limits.exempt"]),
    "templates that are not there": (TOP, 'templates = "mine"', ['templates is "mine"', "make it"]),
    "a key file in no folder": (TOP, 'secret_key_file = "away/key"', ["secret_key_file", "No such file"]),
    "a key file that is a folder": (TOP, 'secret_key_file = "."', ["secret_key_file", "Is a directory"]),
    "a key file without a key": (TOP, 'secret_key_file = "imap.password"', ["secret_key_file", "id, a space"]),
    "an address without room for a token": (
        'address = "support@example.com"',
        f'address = "{"s" * 60}@example.com"',
        ["mailbox[0].address", 'reply_token = "off"'],
    ),
    "a workflow that there is not": (TOP, 'workflow = "catflap"', ['workflow is "catflap"', '"courseleaf"']),
    "a mailbox's workflow that there is not": (IMAP, f'workflow = "x"\n{IMAP}', ['mailbox[0].workflow is "x"']),
    "a workflow with a hole in its name": (TOP, 'workflow = "a\\u0000b"', ['workflow is "a b"', '"courseleaf"']),
    "a workflow that is no workflow": (TOP, 'workflow = "postroom.toml"', ["postroom.toml:1: name is missing", "more"]),
    "no TOML": (TOP, "timezone = America", ["is not TOML", "line 1"]),
    "one key twice": (TOP, f"{TOP}\n{TOP}", ["is not TOML", "line 2"]),
    "a list without end": (TOP, "forms = " + "[" * 5000, ["is not TOML"]),
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def line(*words: str, **variables: str) -> str:
    """The one line that a refused command leaves."""
    done = command(*words, **variables)
    assert isinstance(done.exception, SystemExit)
    assert (done.exit_code, done.stdout) == (2, "")
    assert CANARY not in done.output
    (said,) = done.stderr.splitlines()
    assert said.startswith("postroom: ")
    assert said.isprintable()
    assert len(said) < 800
    return said


def broken(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(("old", "new", "says"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_configuration_gets_one_line_that_names_it(tmp_path: Path, old: str, new: str, says: list[str]) -> None:
    install(tmp_path, broken(old, new))
    said = line("tickets")
    for words in says:
        assert words in said
    assert not (tmp_path / "postroom.db").exists()


def test_what_is_refused_is_the_change_and_nothing_else(tmp_path: Path) -> None:
    install(tmp_path)
    done = command("tickets")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "no ticket\n", "")


@pytest.mark.parametrize(
    "words", [["check"], ["run", "--once"], ["mails"], ["retry", "m1"], ["set", "1", "x"], ["upgrade"]]
)
def test_every_command_refuses_the_same(tmp_path: Path, words: list[str]) -> None:
    install(tmp_path, broken(TOP, 'timezone = "Nowhere"'))
    assert 'timezone is "Nowhere"' in line(*words)


def test_without_any_configuration_the_line_says_what_to_write() -> None:
    assert "there is no such file here: postroom init writes one" in line("tickets")


@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_file_that_was_asked_for_and_is_not_there_is_not_passed_over(tmp_path: Path, way: str) -> None:
    install(tmp_path)
    words, variables = (["--config", "gone.toml"], {}) if way == "option" else ([], {"POSTROOM_CONFIG": "gone.toml"})
    assert "gone.toml: there is no such file" in line(*words, "tickets", **variables, **VARIABLES)
    assert "gone.toml: there is no such file" in line(*words, "classify", __file__, **variables)


def make_folder(file: Path) -> None:
    file.mkdir()


def make_latin(file: Path) -> None:
    file.write_bytes(b'team = "B\xfcro"')


UNREADABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a folder": (make_folder, "Is a directory"),
    "not UTF-8": (make_latin, "save it as UTF-8"),
}


@pytest.mark.parametrize(("make", "says"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, make: Callable[[Path], None], says: str) -> None:
    make(tmp_path / "mine.toml")
    said = line("--config", "mine.toml", "tickets")
    assert "mine.toml" in said
    assert says in said


def test_a_way_through_a_file_cannot_be_read(tmp_path: Path) -> None:
    install(tmp_path)
    assert "Not a directory" in line("--config", "postroom.toml/mine.toml", "tickets")


@pytest.mark.parametrize("file", ["imap.password", "postroom.key"])
def test_a_secret_that_everybody_can_read_is_refused(open_folder: Path, file: str) -> None:
    install(open_folder)
    command("--config", str(open_folder / "postroom.toml"), "tickets")
    (open_folder / file).chmod(0o644)
    said = line("--config", str(open_folder / "postroom.toml"), "tickets")
    assert "can be read by everybody on this machine" in said
    assert f"chmod 600 {open_folder / file}" in said


def test_a_configuration_with_a_password_that_everybody_can_read_is_refused(open_folder: Path) -> None:
    file = install(open_folder, broken(SMTP, f'password = "{CANARY}"'))
    file.chmod(0o644)
    said = line("--config", str(file), "tickets")
    assert "smtp.password" in said
    assert f"chmod 600 {file}" in said
    file.chmod(0o640)
    assert command("--config", str(file), "tickets").exit_code == 0


def test_a_password_from_the_environment_asks_nothing_of_the_file(open_folder: Path) -> None:
    file = install(open_folder, broken(f"{SMTP}\n", ""))
    file.chmod(0o644)
    assert command("--config", str(file), "tickets", POSTROOM_SMTP__PASSWORD=CANARY).exit_code == 0


@pytest.mark.parametrize(("text", "says"), [("", "is empty"), ("\n", "is empty"), (f"{CANARY}\nLOGOUT", "control")])
def test_a_password_file_that_holds_no_password_is_refused(tmp_path: Path, text: str, says: str) -> None:
    install(tmp_path)
    secret(tmp_path / "smtp.password", text)
    said = line("tickets")
    assert "smtp.password_file" in said
    assert says in said


def test_a_password_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    install(tmp_path)
    (tmp_path / "smtp.password").write_bytes(b"\xff\xfe")
    assert "smtp.password cannot be read: it is no text in UTF-8" in line("tickets")


VARIABLE_WRONG = {
    "a key that there is not": ({"POSTROOM_SMTP__HOTS": "x"}, ["POSTROOM_SMTP__HOTS is no key", '"host"']),
    "a variable that somebody else set": ({"POSTROOM_SERVICE_HOST": "10.0.0.1"}, ["POSTROOM_SERVICE_HOST is no key"]),
    "a text for a number": ({"POSTROOM_SMTP__PORT": "mail"}, ['POSTROOM_SMTP__PORT is "mail"', "whole number"]),
    "nothing for a number": ({"POSTROOM_SMTP__PORT": ""}, ['POSTROOM_SMTP__PORT is ""', "whole number"]),
    "a bad zone": ({"POSTROOM_TIMEZONE": "Mars"}, ['POSTROOM_TIMEZONE is "Mars"', "America/Chicago"]),
    "a text for a list": ({"POSTROOM_FORMS": "web@example.com"}, ["POSTROOM_FORMS", "list"]),
    "a list that is broken": ({"POSTROOM_FORMS": '["web@example.com"'}, ["POSTROOM_FORMS", "list"]),
    "a list too deep": ({"POSTROOM_FORMS": "[" * 100_000}, ["POSTROOM_FORMS", "list"]),
    "a gap in a list": ({"POSTROOM_MAILBOX__2__ROLE": "support"}, ["POSTROOM_MAILBOX__2__ROLE", "1 so far"]),
    "a name for a number": ({"POSTROOM_MAILBOX__FIRST__ROLE": "support"}, ["POSTROOM_MAILBOX__FIRST__ROLE", '"first"']),
    "a way through a value": ({"POSTROOM_TIMEZONE__NAME": CANARY}, ["POSTROOM_TIMEZONE__NAME", "plain value"]),
    "an unfinished name": ({"POSTROOM_": "x"}, ["POSTROOM_ is no key"]),
    "a table that is wrong inside": ({"POSTROOM_STAFF": '[{"address": "Kim"}]'}, ["POSTROOM_STAFF: staff[0].address"]),
    "bytes that are no UTF-8": ({"POSTROOM_TEAM": "B\udcfcro"}, ["POSTROOM_TEAM", "UTF-8"]),
    "a clock that is none": ({"POSTROOM_CLOCK_OFFSET": "soon"}, ['POSTROOM_CLOCK_OFFSET is "soon"', "seconds"]),
    "a clock beyond all years": ({"POSTROOM_CLOCK_OFFSET": "1e300"}, ["POSTROOM_CLOCK_OFFSET", "seconds"]),
    "a clock without a time": ({"POSTROOM_CLOCK_OFFSET": "nan"}, ["POSTROOM_CLOCK_OFFSET", "seconds"]),
    "an empty password": ({"POSTROOM_MAILBOX__0__IMAP__PASSWORD": ""}, ["mailbox[0].imap.password_file is missing"]),
    "a password that ends its line": (
        {"POSTROOM_MAILBOX__0__IMAP__PASSWORD": f"{CANARY}\r\n"},
        ["IMAP__PASSWORD", "control"],
    ),
    "two passwords": (
        {"POSTROOM_MAILBOX__0__IMAP__PASSWORD_FILE": "x"},
        ["POSTROOM_MAILBOX__0__IMAP__PASSWORD", "keep one"],
    ),
}


@pytest.mark.parametrize(("change", "says"), VARIABLE_WRONG.values(), ids=VARIABLE_WRONG.keys())
def test_a_wrong_variable_is_named_as_such(change: dict[str, str], says: list[str]) -> None:
    said = line("tickets", **VARIABLES | change)
    for words in says:
        assert words in said
    assert "no such file" not in said


WORKFLOW = Path(__file__).parents[2] / "workflow" / "profiles" / "courseleaf.toml"


def test_a_fault_in_a_workflow_file_is_named_with_its_line(tmp_path: Path) -> None:
    lines = WORKFLOW.read_text("utf-8").splitlines()
    at = next(number for number, text in enumerate(lines) if text.startswith("[status."))
    lines.insert(at + 1, 'flavour = "red"')
    (tmp_path / "mine.toml").write_text("\n".join(lines), encoding="utf-8")
    install(tmp_path, f'workflow = "mine.toml"\n{GOOD}')
    said = line("tickets")
    assert f"mine.toml:{at + 2}: " in said
    assert "flavour" in said


def test_a_workflow_may_name_the_calendars_of_the_configuration_and_no_others(tmp_path: Path) -> None:
    text = WORKFLOW.read_text("utf-8").replace("after_days = 2,", 'after_days = 2, calendar = "office",')
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert command("workflow", "lint", "mine.toml").exit_code == 0  # nothing is configured here
    install(tmp_path, f'workflow = "mine.toml"\n{GOOD}')
    for said in (line("tickets"), command("workflow", "lint", "mine.toml").stdout):
        assert 'status "stale": timer has the calendar "office", which the configuration does not have' in said
        assert "add [calendar.office] to postroom.toml" in said
    install(tmp_path, f'workflow = "mine.toml"\n{GOOD}\n[calendar.office]\n')
    assert command("tickets").exit_code == command("workflow", "lint", "mine.toml").exit_code == 0


def test_of_many_faults_in_a_workflow_file_the_first_are_told(tmp_path: Path) -> None:
    text = "".join(f"[status.s{number}]\nflavour = 1\n" for number in range(50))
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    install(tmp_path, f'workflow = "mine.toml"\n{GOOD}')
    assert " more" in line("tickets")


def test_a_workflow_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff")
    install(tmp_path, f'workflow = "mine.toml"\n{GOOD}')
    said = line("tickets")
    assert 'workflow is "mine.toml"' in said
    assert "UTF-8" in said


def test_a_workflow_file_may_begin_with_a_mark_and_lie_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "mine.toml").write_bytes(b"\xef\xbb\xbf" + WORKFLOW.read_bytes())
    install(tmp_path, f'workflow = "flows/mine.toml"\n{GOOD}')
    done = command("tickets")
    assert (done.exit_code, done.stderr) == (0, "")
