"""Our notices in the languages of clients: whole, natural enough to be known as that language, and ours when they come back."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from classifier.classify import classify
from classifier.language import spoken
from classifier.reading import read
from classifier.verdict import Evidence, Kind, What
from inbound.parse import parse
from outbound.facts import Facts
from outbound.keys import Keys
from outbound.render import Renderer
from outbound.samples import samples
from outbound.token import key_line, message_id
from outbound.wording import day, moment
from store.links import is_own
from tests.classifier.judging import OURS, judge, link, mail
from tests.outbound.test_templates import WORKFLOWS, Page, words
from workflow.decision import Audience, Notice

LANGUAGES = ("de", "fr", "es")
RENDERER = Renderer()
KEYS = Keys.read(key_line("k1", b"1" * 32))


def told(language: str, renderer: Renderer = RENDERER) -> Iterator[tuple[Notice, Facts]]:
    for workflow in WORKFLOWS.values():
        for notice, facts in samples(workflow):
            if notice.audience is Audience.CLIENT:
                yield notice, replace(facts, language=language)


def each(language: str) -> list[tuple[Notice, Facts]]:
    """One of every notice, with all that it may say."""
    return list(
        {
            notice.path: (notice, facts) for notice, facts in told(language) if facts.ticket and facts.ticket.until
        }.values()
    )


def parts(raw: bytes) -> tuple[str, str]:
    made = message_from_bytes(raw, policy=policy.default)
    plain, html = (made.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[attr-defined]
    return plain.replace("\r\n", "\n"), html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_is_told_in_the_language_and_in_no_other(language: str) -> None:
    for notice, facts in told(language):
        made = RENDERER.render(notice, facts)
        plain, html = parts(made.raw)
        for address in (*(address for _, address in facts.choices), facts.leave, facts.page):
            plain = plain.replace(address, "")  # HTML does not show where a link leads
        assert made.language == language, notice.path
        assert "[#1042]" in made.subject or not facts.ticket
        assert len(made.subject) <= 78
        assert words(" ".join(Page.of(html).said)) == words(plain), notice.path
        assert f'<html lang="{language}">' in html
        assert notice.name == "reply" or len(words(plain)) < 130, notice.path
        assert "\n\n\n" not in plain
        if notice.name != "reply":
            assert spoken(plain).language == language, notice.path


def test_what_staff_write_stands_as_they_wrote_it_with_the_deadline_in_the_clients_language() -> None:
    notice, facts = next((n, f) for n, f in told("de") if n.path == "courseleaf/reply" and f.ticket and f.ticket.due_at)
    flow = WORKFLOWS["courseleaf"].statuses
    entered = replace(facts, status=flow["pending_client_feedback"], was=flow["outstanding"])
    plain, _ = parts(RENDERER.render(notice, entered).raw)
    assert plain.startswith("Please try it once more.\n\nWenn wir bis Donnerstag, 24. Dezember 2026 nichts")
    assert "Freundliche Grüße" not in plain  # their own words end as they end


SAID = {
    "en": "Our appointment is on Thursday 3 December 2026 at 14:00 (CST).",
    "de": "Unser Termin: Donnerstag, 3. Dezember 2026 um 14:00 Uhr (CST).",
    "fr": "Notre rendez-vous est fixé au jeudi 3 décembre 2026 à 14\xa0h\xa000 (CST).",
    "es": "Nuestra cita es el jueves 3 de diciembre de 2026 a las 14:00 (CST).",
}


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_what_staff_write_with_an_invitation_is_followed_by_its_date(language: str) -> None:
    notice, facts = next((n, f) for n, f in told(language) if n.path == "courseleaf/reply" and f.ticket)
    assert facts.ticket
    flow = WORKFLOWS["courseleaf"].statuses
    ticket = replace(facts.ticket, until=datetime(2026, 12, 3, 20, tzinfo=UTC))
    entered = replace(facts, ticket=ticket, status=flow["appointment_scheduled"], was=flow["outstanding"], calls=True)
    plain, html = parts(RENDERER.render(notice, replace(entered, zone=ZoneInfo("America/Chicago"))).raw)
    assert plain.startswith(f"Please try it once more.\n\n{SAID[language]}\n\n")
    assert SAID[language] in html
    # A later answer there brings no invitation, and may be about another date.
    plain, _ = parts(RENDERER.render(notice, replace(entered, was=entered.status, calls=False)).raw)
    assert SAID[language] not in plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_ours_that_comes_back_is_ours_and_neither_a_robots_nor_a_persons(language: str) -> None:
    for notice, facts in each(language):
        id_ = message_id(KEYS, "mail:1", notice.name, "dana@example.org", 1042, "example.com")
        made = RENDERER.render(
            notice, replace(facts, message_id=id_, sender=replace(facts.sender, addr="support@example.com"))
        )
        back = parse(made.raw)
        own = is_own(back, KEYS, OURS.mailboxes)
        assert classify(Evidence(back, OURS, "support", own=own)).kind is Kind.OWN_MAIL, notice.path


REPLIES = {
    "de": "Danke, aber Seite 4 ist bei uns noch immer leer.",
    "fr": "Merci, mais la page 4 est toujours vide chez nous.",
    "es": "Gracias, pero la página 4 sigue vacía.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_reply_quotes_of_ours_is_known_as_quoted(language: str) -> None:
    heads = [line.split(": ", 1) for line in _heads(language)]
    assert {mark[0] for mark, _ in heads} == {">", "|"}
    for notice, facts in each(language):
        plain, _ = parts(RENDERER.render(notice, facts).raw)
        for mark, head in heads:
            quoted = "".join(f"> {line}\n" for line in plain.splitlines()) if mark[0] == ">" else plain
            text = f"{REPLIES[language]}\n\n{head}\n\n{quoted}".replace("\\n", "\n")
            assert read(mail(text)).new.strip() == REPLIES[language], (notice.path, mark)
            verdict = judge(mail(text, subject="AW: x"), link=link())
            assert (verdict.kind, verdict.answer) == (Kind.CLIENT_REPLY, True), (notice.path, mark)


def _heads(language: str) -> list[str]:
    lines = (Path(__file__).parents[1] / "inbound/replies.txt").read_text("utf-8").split(f"\n[{language}]\n")[1]
    return [line for line in lines.split("\n[")[0].splitlines() if line[:2] in {"> ", "| "}]


YES = re.compile("[„«]\\s?([^“»]+?)\\s?[“»]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_we_ask_for_are_understood(language: str) -> None:
    asked = {notice.name: YES.findall(RENDERER.render(notice, facts).text) for notice, facts in each(language)}
    (yes,), (deploy,) = asked["waiting-for-customer-approval"], asked["patch-waiting"]
    assert judge(mail(f"{yes}\n"), link=link()).approves
    assert What.DEPLOY in {hint.what for hint in judge(mail(f"{deploy}\n"), link=link()).hints}


# ---------------------------------------------------------------------------------- what a language lacks


def test_a_language_without_words_gets_the_whole_notice_in_english() -> None:
    notice, facts = next(told("pl"))
    made = RENDERER.render(notice, facts)
    assert made == RENDERER.render(notice, replace(facts, language="en"))
    assert made.language == "en"


@pytest.mark.parametrize("hidden", ["subject.xx.txt", "body.xx.txt"])
def test_half_a_translation_is_not_sent(tmp_path: Path, hidden: str) -> None:
    folder = tmp_path / "courseleaf/received"
    folder.mkdir(parents=True)
    (tmp_path / "_base").mkdir()
    (tmp_path / "_base/words.xx.txt").write_text(Path("templates/mail/_base/words.de.txt").read_text())
    for file in {"subject.xx.txt", "body.xx.txt"} - {hidden}:
        (folder / file).write_text("XX #{{ number }}\n")
    notice, facts = next(one for one in told("xx") if one[0].path == "courseleaf/received")
    assert facts.status
    facts = replace(facts, status=replace(facts.status, meanings={"xx": "XX"}))
    assert Renderer(tmp_path).render(notice, facts).language == "en"
    (folder / hidden).write_text("XX #{{ number }}\n")
    assert Renderer(tmp_path).render(notice, facts).language == "xx"
    # HTML with words of its own needs them in that language, too.
    (folder / "body.html").write_text('{% extends "_base/body.html" %}{% block words %}Look{% endblock %}')
    assert Renderer(tmp_path).render(notice, facts).language == "en"


def test_the_operators_file_stands_before_ours_one_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "courseleaf/received").mkdir(parents=True)
    (tmp_path / "courseleaf/received/subject.de.txt").write_text("[#{{ number }}] Angekommen\n")
    notice, facts = next(one for one in told("de") if one[0].path == "courseleaf/received")
    made = Renderer(tmp_path).render(notice, facts)
    assert made.subject == "[#1042] Angekommen"
    assert "Ihre Anfrage ist bei uns eingegangen" in made.text


def test_a_status_whose_meaning_nobody_told_in_a_language_is_told_in_english() -> None:
    notice, facts = next(one for one in told("de") if one[0].path == "courseleaf/stale")
    assert facts.status
    made = RENDERER.render(notice, replace(facts, status=replace(facts.status, meanings={})))
    assert made.language == "en"
    flow = WORKFLOWS["courseleaf"]
    lost = {key: replace(status, meanings={}) if key == "stale" else status for key, status in flow.statuses.items()}
    faults = [str(fault) for fault in RENDERER.check(replace(flow, statuses=lost))]
    assert 'courseleaf/stale: status "stale" is not told in de: add it to [meanings.de]' in faults


def test_a_promise_is_made_in_the_mails_own_language_or_not_at_all() -> None:
    notice, facts = next(one for one in told("de") if one[0].path == "courseleaf/received")
    for promised in ({}, {"en": "one working day"}):
        text = RENDERER.render(notice, replace(facts, answer_within=promised)).text
        assert "Sie hören" not in text
        assert "one working day" not in text
    assert (
        "innerhalb von zwei Tagen" in RENDERER.render(notice, replace(facts, answer_within={"de": "zwei Tagen"})).text
    )


def test_dates_are_written_as_each_language_writes_them() -> None:
    at = datetime(2026, 3, 1, 14, 5, tzinfo=ZoneInfo("Europe/Berlin"))
    assert [moment(at, language) for language in ("en", *LANGUAGES, "pl")] == [
        "Sunday 1 March 2026 at 14:05 (CET)",
        "Sonntag, 1. März 2026 um 14:05 Uhr (CET)",
        "dimanche 1er mars 2026 à 14\u00a0h\u00a005 (CET)",
        "domingo 1 de marzo de 2026 a las 14:05 (CET)",
        "Sunday 1 March 2026 at 14:05 (CET)",
    ]
    assert day(datetime(2026, 8, 31, tzinfo=UTC), "fr") == "lundi 31 août 2026"
