"""`postroom preview`: the table, the keys and the page; what it needs no configuration for, and that it leaves nothing behind."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from postroom.config import read
from postroom.preview import scratch
from tests.postroom.installed import CANARY, GOOD, command, install

HOSTILE = (
    'From: "<script>alert(1)</script>" <evil@client.example>\nTo: support@example.com\nMessage-ID: <h@client.example>\n'
    'Subject: =?utf-8?q?"><img_src=3Dx_onerror=3Dalert(1)>=E2=80=AE{{7*7}}?=\n\n<b>Hello</b>, could you help?\n'
)
OOTO = (
    "From: gwen@client.example\nTo: support@example.com\nSubject: Out of Office\nMessage-ID: <o@client.example>\n\n"
    "I am out of the office until Monday. For immediate assistance call Sam.\n"
)
ROBOT = (
    "From: robot@client.example\nTo: support@example.com\nSubject: Backup done\nAuto-Submitted: auto-generated\n"
    "Message-ID: <r@client.example>\n\nAll is well.\n"
)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [
            value or "" for name, value in attrs if name in {"href", "src", "style", "action"} or name[:2] == "on"
        ]


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "mails"
    folder.mkdir()
    for number, text in enumerate((HOSTILE, OOTO, ROBOT)):
        (folder / f"{number}.eml").write_text(text, "utf-8")
    return folder


def test_without_a_configuration_files_are_looked_at_and_it_says_what_is_not_known(mails: Path, tmp_path: Path) -> None:
    done = command("preview", "mails", "--json")
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["kind"] for row in rows] == ["new_ticket", "out_of_office", "notification"]
    assert rows[1]["status"] == "OOTO Only"
    assert (rows[1]["concern"], rows[2]["concern"]) == ("words", "machines")
    assert "no configuration here: the workflow is courseleaf" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mails"]


def test_with_a_configuration_it_says_which_mails_would_go_out_and_makes_neither_database_nor_key(
    mails: Path, tmp_path: Path
) -> None:
    install(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    done = command("preview", "mails", "--json")
    assert done.exit_code == 0, done.output
    first = json.loads(done.stdout.splitlines()[0])
    assert first["answer"] == "yes"
    assert first["mails"][0]["recipient"] == "evil@client.example"
    assert first["opened"] is True
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("columns", ["48", "160"])
def test_the_table_fits_the_terminal(mails: Path, columns: str) -> None:
    done = command("preview", "mails", COLUMNS=columns)
    assert max(len(line) for line in done.stdout.splitlines()) <= int(columns)
    assert "OOTO Only" in done.stdout
    assert "3 mails: 1 new_ticket, 1 out_of_office, 1 notification." in " ".join(done.stdout.split())
    assert "\u202e" not in done.stdout


def test_the_page_is_one_file_without_script_or_anything_remote_and_mail_is_text_in_it(
    mails: Path, tmp_path: Path
) -> None:
    install(tmp_path)
    assert command("preview", "mails", "--html", "page.html").exit_code == 0
    html = (tmp_path / "page.html").read_text("utf-8")
    page = Tags(html)
    assert not {"script", "img", "link", "iframe", "object", "form", "b>"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links), page.links
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "{{7*7}}" in html
    assert "\u202e" not in html
    assert "http:" not in html.replace("http-equiv", "")
    assert "https:" not in html
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o600


def test_what_wants_a_look_stands_on_top_of_the_page(mails: Path, tmp_path: Path) -> None:
    install(tmp_path)
    command("preview", "mails", "--html", "page.html")
    html = (tmp_path / "page.html").read_text("utf-8")
    places = [html.index(said) for said in ("Out of Office</bdi>", "onerror", "Backup done</bdi>", 'id="counts"')]
    assert places == sorted(places)
    assert "absence, by subject and text: subject" in html


def test_a_page_is_written_over_a_page_and_over_nothing_else(mails: Path, tmp_path: Path) -> None:
    install(tmp_path)
    for _ in range(2):
        assert command("preview", "mails", "--html", "page.html").exit_code == 0
    done = command("preview", "mails", "--html", "postroom.toml")
    assert (done.exit_code, "name another file" in done.stderr) == (1, True)
    assert (tmp_path / "postroom.toml").read_text() == GOOD
    assert command("preview", "mails", "--html", "mails").exit_code == 1
    assert command("preview", "mails", "--html", "nowhere/page.html").exit_code == 1


def test_what_could_not_be_looked_at_is_one_line_and_exit_status_1(mails: Path) -> None:
    done = command("preview", "mails", "support", "--json")
    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 3
    assert "support: there is no such file or folder, and no configuration in which" in done.stderr


def test_a_mail_that_no_parser_survives_is_quarantined_and_told_first(mails: Path) -> None:
    (mails / "zip.eml").write_bytes(b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 50_000)
    done = command("preview", "mails", "--json")
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 4


def test_the_program_that_looks_has_no_server_no_password_and_no_database_of_yours(tmp_path: Path) -> None:
    config = read(install(tmp_path), {})
    with scratch(config) as app:
        held = app.config
        assert held.settings.smtp.host == ""
        assert [box.settings.imap.host for box in held.mailboxes] == [""]
        assert [box.password.reveal() for box in held.mailboxes] == [""]
        assert (held.smtp_password, held.database_password) == (None, None)
        assert held.database != config.database
        assert "scratch.db" in held.database
        assert CANARY not in repr(msgspec.to_builtins(held.settings, enc_hook=lambda secret: secret.reveal()))
    assert not (tmp_path / "postroom.db").exists()


def test_the_last_mails_are_the_last_in_time(mails: Path) -> None:
    for number in range(5):
        (mails / f"1{number}.eml").write_text(
            ROBOT.replace("<r@", f"<{number}@").replace("Subject", f"Date: {number + 1} Dec 2020 09:00 +0000\nSubject")
        )
    rows = [json.loads(line) for line in command("preview", "mails", "--json", "--last", "4").stdout.splitlines()]
    assert [row["received_at"][:10] for row in rows][:1] == ["2020-12-05"]
    assert len(rows) == 4


def test_of_many_sources_the_page_names_some(mails: Path, tmp_path: Path) -> None:
    install(tmp_path)
    names = [str(mails / "0.eml")] + [f"{mails}/{name}.eml" for name in "12"] + [str(mails)] * 4
    assert command("preview", *names, "--html", "page.html").exit_code == 0
    assert "and 3 more" in (tmp_path / "page.html").read_text("utf-8")


def test_a_page_of_no_mail_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("preview", "nowhere", "--html", "page.html").exit_code == 1
    html = (tmp_path / "page.html").read_text("utf-8")
    assert "No mail was there to look at." in html
    assert "nowhere: there is no such file" in html
