"""`postroom templates preview`: every notice is shown in its languages, and what is wrong with one is told in a line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from postroom.cli import main

CONFIG = """
templates = "ours"
[[mailbox]]
role = "support"
address = "support@example.test"
imap = { host = "127.0.0.1", port = 1, tls = "none", user = "u", password_file = "p" }
[smtp]
host = "127.0.0.1"
tls = "none"
from = "support@example.test"
"""


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["templates", "preview", *args])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ours(here: Path) -> Path:
    """The operator's folder, named by the configuration."""
    (here / "postroom.toml").write_text(CONFIG)
    (here / "p").write_text("secret")
    (here / "p").chmod(0o600)
    for name in ("_base", "courseleaf/stale", "courseleaf/received"):
        (here / "ours" / name).mkdir(parents=True)
    return here / "ours"


@pytest.mark.parametrize("flow", ["courseleaf", "service-desk"])
def test_ours_are_whole_in_four_languages(here: Path, flow: str) -> None:
    said = run("--workflow", flow, "--html", "mails.html")
    assert (said.exit_code, said.output.count("\n")) == (0, 1)
    page = (here / "mails.html").read_text(encoding="utf-8")
    for language in ("en", "de", "fr", "es"):
        assert f'srcdoc="&lt;!DOCTYPE html&gt;\n&lt;html lang=&quot;{language}&quot;' in page
    assert "<script" not in page


def test_one_notice_is_printed_in_the_language_that_is_asked_for(here: Path) -> None:
    said = run("stale", "--language", "de")
    assert said.exit_code == 0
    assert "--- courseleaf/stale, de\nRe: The page does not open [#1042]\n\nGuten Tag," in said.output
    assert "Anfrage #1042: Stale" in said.output
    assert "Hello" not in said.output


def test_what_there_is_not_is_refused_with_what_there_is(here: Path) -> None:
    assert run("stal").exit_code == 1
    assert 'there is no notice "stal"; ' in run("stal").output
    assert 'postroom: "gone": ' in run("--workflow", "gone").output
    asked = run("--language", "pl")
    assert asked.exit_code == 1
    assert (
        "FAULT  courseleaf/stale: it is not told in pl: add _base/words.pl.txt, courseleaf/stale/body.pl.txt"
        in asked.output
    )
    assert run("--html", "no/such/mails.html").exit_code == 1


FAULTS = {
    "courseleaf/stale/body.de.txt": (
        "{{ dew|day }}",
        "courseleaf/stale/body.de.txt: UndefinedError: 'dew' is undefined",
    ),
    "courseleaf/stale/subject.txt": ("{{ 'long ' * 30 }}", "its subject has 149 characters, of at most 78: long long"),
    "courseleaf/stale/body.html": (
        '{% extends "_base/body.html" %}{% block words %}<p>See <a href="https://example.test/x">here</a></p>{% endblock %}',
        'text and HTML differ: the text says "Hello We are still waiting for", the HTML "See here',
    ),
    "courseleaf/received/body.it.txt": (
        "Buongiorno",
        "courseleaf/received: it is not told in it: add _base/words.it.txt, courseleaf/received/subject.it.txt",
    ),
}


@pytest.mark.parametrize("file", FAULTS)
def test_a_fault_of_the_operators_file_is_one_line_here_and_in_lint(ours: Path, file: str) -> None:
    words, told = FAULTS[file]
    (ours / file).write_text(words)
    said = run()
    assert said.exit_code == 1
    assert told in said.output
    assert all(
        line.startswith(("FAULT  courseleaf/", "FAULT  client/", "courseleaf/", "staff/", "client/"))
        for line in said.output.splitlines()
    )
    linted = CliRunner().invoke(main, ["workflow", "lint", "courseleaf"])
    assert linted.exit_code == 1
    assert told.rpartition(": ")[2] in linted.output


def test_a_link_in_one_body_alone_is_a_fault(ours: Path) -> None:
    (ours / "_base/words.txt").write_text(
        '{% set request = "Request" %}{% set add = "https://example.test/add" %}'
        '{% set your_request = "r" %}{% set colon = ":" %}{% set closing = "" %}'
    )
    (ours / "_base/body.html").write_text(
        "<html><body>{% for lines in words %}{{ lines|join(' ') }} {% endfor %}{{ team }} {{ say.request }} #{{ number }}"
        " {{ status.name }} {{ meaning }}</body></html>"
    )
    assert "the link https://example.test/add stands in the text alone" in run("received", "--language", "en").output
