"""`postroom classify --explain`: a page that a person reads, in any width; the same as keys; nothing of a mail reaches the terminal raw."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from postroom.cli import main

MAILS = Path(__file__).parents[1] / "mails"
GERMAN = MAILS / "out_of_office" / "exchange-german.eml"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def explained(*more: str, columns: str = "") -> Result:
    return CliRunner(env={"COLUMNS": columns or None}).invoke(main, ["classify", "--explain", *more])


def test_a_page_tells_the_verdict_the_rule_the_evidence_and_what_would_change_it() -> None:
    page = explained(str(GERMAN)).output
    assert page.startswith(str(GERMAN))
    for said in (
        "OUT_OF_OFFICE – no automatic answer: it is out_of_office",
        "absence, by header → out_of_office: Auto-Submitted: auto-generated",
        "back on 2026-12-11",
        "Would have held behind it",
        'text: "in dringenden fällen" (de) – stead',
        "Speaks against it, and was not enough",
        "The one change that would have changed the verdict",
    ):
        assert said in page


@pytest.mark.parametrize("columns", ["40", "80", "300"])
def test_no_line_is_wider_than_the_terminal(columns: str) -> None:
    page = explained(str(GERMAN), columns=columns).output.partition("\n")[2]
    assert max(len(line) for line in page.splitlines()) <= min(int(columns), 100)


def test_keys_hold_the_same(tmp_path: Path) -> None:
    mail = tmp_path / "a.eml"
    mail.write_text("From: a@example.org\nSubject: Hi\nAuto-Submitted: auto-replied\n\nHello\n")
    row = json.loads(explained("--json", str(mail)).output)
    assert row["rule"]["name"] == row["because"][0].partition(": ")[0]
    assert {sign["value"] for sign in row["for"]} == {"Auto-Submitted: auto-replied"}
    assert row["change"]["without"] == "the header Auto-Submitted: auto-replied"
    assert row["change"]["kind"] == "new_ticket"
    assert row["change"]["answer"] == "yes"
    assert set(row) >= {"file", "kind", "answer", "because", "behind", "against", "neither", "defects"}


def test_control_characters_of_a_mail_reach_no_terminal(tmp_path: Path) -> None:
    mail = tmp_path / "a.eml"
    mail.write_bytes(
        b"From: a@example.org\nX-Autoreply: \x1b[31mred\x07\nSubject: =?utf-8?q?a=1B[2Jb?=\n\n\x1b[0m hi\n"
    )
    page = explained(str(mail)).output
    assert page.replace("\n", "").isprintable()


def test_several_files_are_several_pages() -> None:
    assert explained(str(GERMAN), str(GERMAN)).output.count("The rule that won") == 2
