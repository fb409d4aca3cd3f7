"""Our templates: every notice of every workflow says what happened, the same in text and HTML, and loads nothing."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from outbound.facts import Facts
from outbound.render import Renderer
from outbound.samples import NOTICES as OF_TICKETS
from outbound.samples import samples
from outbound.wording import day, fill, ink, moment, paragraphs
from workflow.decision import Notice
from workflow.load import load
from workflow.machine import Nature, Timer, Workflow


class Page(HTMLParser):
    """The words of a page's body, and what its spans say, by style. The standard library reads it, none of our code."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.spans: list[tuple[str, str]] = []
        self._inside = False

    @classmethod
    def of(cls, html: str) -> "Page":
        page = cls()
        page.feed(html)
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = self._inside or tag == "body"
        if tag == "span":
            self.spans.append((str(dict(attrs).get("style")), ""))

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.said.append(data)
        if self.spans and not self.spans[-1][1]:
            self.spans[-1] = (self.spans[-1][0], data.strip())


def leading_to(workflow: Workflow, key: str) -> list[Timer]:
    """The timers that end in this status."""
    return [status.timer for status in workflow.statuses.values() if status.timer and status.timer.to == key]


PROFILES = Path(__file__).parents[2] / "workflow/profiles"
CHICAGO = ZoneInfo("America/Chicago")
RENDERER = Renderer()
WORKFLOWS = {
    file.stem: load(file.read_text(encoding="utf-8"), file.name, RENDERER.names(file.stem))
    for file in sorted(PROFILES.glob("*.toml"))
}
WORKFLOW = WORKFLOWS["courseleaf"]
SAMPLES = [each for workflow in WORKFLOWS.values() for each in samples(workflow)]
NOTICES = [(flow, form.name) for flow, workflow in WORKFLOWS.items() for form in workflow.notices.values()]
ANSWERS = [(flow, name) for flow, name in NOTICES if WORKFLOWS[flow].notices[name].nature is Nature.ACKNOWLEDGEMENT]
CLOSING = [
    (flow, name)
    for flow, workflow in WORKFLOWS.items()
    for status in workflow.statuses.values()
    for name in sorted({status.notify, *(t.client for t in leading_to(workflow, status.key))} - {""})
    if not status.open
]
AT = datetime(2026, 12, 4, 3, 30, tzinfo=UTC)  # still the third in Chicago


def texts(notice: Notice, facts: Facts) -> tuple[str, str, str]:
    rendered = RENDERER.render(notice, facts)
    mail = message_from_bytes(rendered.raw, policy=policy.default)
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[attr-defined]
    return rendered.subject, plain.replace("\r\n", "\n"), html


def sample(name: str, flow: str = "courseleaf") -> tuple[Notice, Facts]:
    """The notice in the status that sends it, with dates."""
    workflow = WORKFLOWS[flow]
    sends = {status.notify: status for status in workflow.statuses.values()}
    for each in workflow.statuses.values():
        sends |= {timer.client: each for timer in leading_to(workflow, each.key) if timer.client}
        sends |= {each.timer.reminder: each} if each.timer and each.timer.reminder else {}
        sends |= {move.client: workflow.statuses[move.to] for move in each.on.values() if move.client}
    status = sends.get(name, workflow.statuses[workflow.initial])
    notice, facts = next(
        (notice, facts)
        for notice, facts in SAMPLES
        if (notice.workflow, notice.name) == (flow, name) and facts.ticket and facts.ticket.until
    )
    assert facts.ticket is not None
    ticket = replace(facts.ticket, due_at=AT, until=AT)
    return notice, replace(facts, status=status, ticket=ticket, zone=CHICAGO, reopen=timedelta(days=30))


def texts_of(flow: str, name: str) -> tuple[str, str, str]:
    return texts(*sample(name, flow))


def words(text: str) -> list[str]:
    return re.findall(r"[\w#']+", text)


def test_every_notice_of_the_workflow_renders_and_none_lies_idle() -> None:
    assert set(WORKFLOWS) == {"courseleaf", "service-desk"}
    for flow, workflow in WORKFLOWS.items():
        assert RENDERER.check(workflow) == []
        assert RENDERER.names(flow) == set(workflow.notices)
    assert RENDERER.names("client") == {"sign-in"}
    assert RENDERER.names("staff") == {"alert", "digest", "week", "sign-in", *OF_TICKETS}


def test_text_and_html_say_the_same_words_in_the_same_order() -> None:
    wrong = []
    for notice, facts in SAMPLES:
        _, plain, html = texts(notice, facts)
        files = facts.links if notice.name == "forwarded" else ()
        sections = facts.summary.sections if facts.summary else ()
        deeds = [deed for section in sections for line in section.lines for deed in line.deeds]
        links = [address for _, address in (*facts.choices, *facts.deeds, *deeds, *files)]
        for address in filter(None, [*links, facts.page, facts.leave]):
            assert f'href="{address}"' in html
            assert f": {address}\n" in plain
            plain = plain.replace(address, "")  # HTML does not show where a link leads
        shown = words(" ".join(Page.of(html).said))
        wrong += [] if shown == words(plain) else [(notice.workflow, notice.name, plain, shown)]
    assert wrong == []


@pytest.mark.parametrize(("flow", "name"), NOTICES)
def test_a_notice_is_short_and_names_its_request(flow: str, name: str) -> None:
    subject, plain, _ = texts_of(flow, name)
    assert "#1042" in subject
    assert len(subject) <= 78
    assert "#1042" in plain
    assert len(words(plain)) < 150  # with the words of at most four links
    assert "\n\n\n" not in plain
    said = plain.partition("\n\nSupport\n")[0].split("\n\n")
    assert name == "reply" or not [paragraph for paragraph in said if "\n" in paragraph]


@pytest.mark.parametrize(("flow", "name"), [each for each in NOTICES if each not in ANSWERS])
def test_a_notice_stays_in_the_clients_conversation(flow: str, name: str) -> None:
    assert texts_of(flow, name)[0] == "Re: The page does not open [#1042]"


@pytest.mark.parametrize(("flow", "name"), ANSWERS)
def test_an_acknowledgement_repeats_nothing_that_the_client_wrote(flow: str, name: str) -> None:
    for text in texts_of(flow, name):
        assert "The page does not open" not in text
    assert texts_of(flow, name)[0].startswith("[#1042] ")


@pytest.mark.parametrize(("flow", "name"), [*CLOSING, ("service-desk", "approved")])
def test_a_closed_request_says_how_and_until_when_it_opens_again(flow: str, name: str) -> None:
    notice, facts = sample(name, flow)
    _, plain, _ = texts(notice, facts)
    assert "within 30 days, by Saturday 2 January 2027, and your request opens again" in plain
    _, never, _ = texts(notice, replace(facts, reopen=timedelta()))
    assert "your reply starts a new request" in never


@pytest.mark.parametrize(
    ("flow", "name", "by"),
    [
        ("courseleaf", "stale", "on Thursday 3 December 2026."),
        ("courseleaf", "pending-client-feedback", "by Thursday 3 December 2026,"),
        ("courseleaf", "appointment-scheduled", "on Thursday 3 December 2026 at 21:30 (CST)."),
        ("courseleaf", "with-development-deferred", "on Thursday 3 December 2026."),
        ("service-desk", "waiting-for-customer", "by Thursday 3 December 2026, we will cancel"),
        ("service-desk", "customer-reminder", "by Thursday 3 December 2026, we will cancel"),
        ("service-desk", "waiting-for-customer-approval", "by Thursday 3 December 2026, we take it"),
        ("service-desk", "blocked-on-hold", "on Thursday 3 December 2026 at 21:30 (CST)."),
    ],
)
def test_a_date_is_told_in_the_teams_zone(flow: str, name: str, by: str) -> None:
    assert by in texts_of(flow, name)[1]


WAITS = {
    (
        "service-desk",
        "waiting_for_customer_approval",
    ): "by Thursday 3 December 2026, we will remind you, and then take it that all is well",
    ("service-desk", "waiting_for_customer"): "by Thursday 3 December 2026, we will remind you",
    ("courseleaf", "pending_client_feedback"): "by Thursday 3 December 2026, we will remind you",
}


@pytest.mark.parametrize(("flow", "key"), [(flow, key) for flow in WORKFLOWS for key in WORKFLOWS[flow].statuses])
def test_words_that_stand_for_the_notice_of_a_status_tell_its_deadline_once(flow: str, key: str) -> None:
    statuses = WORKFLOWS[flow].statuses
    notice, facts = sample("reply", flow)
    assert facts.ticket
    undated = replace(facts.ticket, until=None)
    entered = replace(facts, ticket=undated, status=statuses[key], was=statuses[WORKFLOWS[flow].initial], author="Kim")
    _, plain, _ = texts(notice, entered)
    said = plain.partition("\n\nSupport\n")[0].split("\n\n")
    assert [said[0], said[-1]] == ["Please try it once more.", "Kim"]
    assert len(said) == 2 + ((flow, key) in WAITS)
    assert WAITS.get((flow, key), "Kim") in said[-2] + said[-1]
    _, stays, _ = texts(notice, replace(entered, was=statuses[key]))
    assert "heard nothing" not in stays
    dated = replace(entered, was=statuses[key], ticket=replace(undated, until=AT))
    assert ("heard nothing by Thursday 3 December 2026" in texts(notice, dated)[1]) == ((flow, key) in WAITS)


def test_a_customer_who_has_time_for_a_reminder_is_told_of_it() -> None:
    notice, facts = sample("waiting-for-customer", "service-desk")
    assert facts.ticket
    plain = texts(notice, replace(facts, ticket=replace(facts.ticket, until=None)))[1]
    assert "by Thursday 3 December 2026, we will remind you" in plain


@pytest.mark.parametrize(("flow", "name"), NOTICES)
def test_t10_the_html_loads_nothing_and_runs_nothing(flow: str, name: str) -> None:
    _, _, html = texts_of(flow, name)
    # A link of ours loads nothing until somebody follows it.
    html = re.sub(
        r'<a href="https://help\.example\.com/(?:do|sign-in)/[a-z0-9_/-]+" style="[^"]*">([^<]*)</a>', r"\1", html
    )
    assert not re.search(r"(?i)<(?!(?:/?(?:html|head|body|title|div|p|span|br)|meta|!doctype)\b)", html)
    assert not re.search(r"(?i)\b(?:src|href|background|on\w+)\s*=|url\(|@import|https?:", html)


def test_the_status_stands_in_its_colour_with_its_name() -> None:
    notice, facts = sample("stale")
    _, _, html = texts(notice, facts)
    (pill,) = [(style, said) for style, said in Page.of(html).spans if "background-color" in style]
    assert pill[1] == "Stale"
    assert "background-color:#92400e;color:#ffffff" in pill[0]


def contrast(one: str, two: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05

    return max(light(one), light(two)) / min(light(one), light(two))


@pytest.mark.parametrize(
    "colour",
    [*sorted({s.colour for w in WORKFLOWS.values() for s in w.statuses.values()}), "#ffff00", "#777777", "red;x:y"],
)
def test_a_status_can_be_read_on_its_colour(colour: str) -> None:
    assert contrast(fill(colour), ink(colour)) >= 4.4


def test_a_colour_that_is_none_becomes_grey() -> None:
    assert fill('red;background:url("x")') == "#5f6368"


def test_an_alert_tells_staff_its_facts_and_shows_markup_as_text() -> None:
    notice, facts = next(each for each in SAMPLES if each[0].name == "alert" and each[1].ticket is None)
    lines = (("From", "<b>ana</b>@example.org"), ("Reason", "it nests too deep"))
    subject, plain, html = texts(notice, replace(facts, title="A mail could not be read", lines=lines))
    assert subject == "[postroom] A mail could not be read"
    assert "From: <b>ana</b>@example.org\nReason: it nests too deep\n" in plain
    assert "From: &lt;b&gt;ana&lt;/b&gt;@example.org<br>" in html


def test_whatever_clients_write_is_text_in_what_staff_are_told() -> None:
    evil = "<img src=x onerror=alert(1)>"
    for name in OF_TICKETS:
        notice, facts = next(each for each in SAMPLES if each[0].name == name)
        told = replace(facts, title=evil, text=f"{evil}\n{evil}", lines=((evil, evil),), answers=evil)
        assert "<img" not in texts(notice, told)[2], name


def test_a_broken_template_of_the_operator_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "courseleaf/stale").mkdir(parents=True)
    (tmp_path / "courseleaf/stale/body.txt").write_text("{{ dew|day }}")
    (tmp_path / "courseleaf/sow").mkdir()
    (tmp_path / "courseleaf/sow/subject.txt").write_text("{% if status.open %}{% else %}{{ x }}{% endif %}")
    faults = [str(fault) for fault in Renderer(tmp_path).check(WORKFLOW)]
    assert len(faults) == len(set(faults))
    assert [fault for fault in faults if "'dew' is undefined" in fault]
    assert [fault for fault in faults if "'x' is undefined" in fault]
    assert all("stale/body.txt" in fault or "sow/subject." in fault for fault in faults)
    assert (
        len([fault for fault in faults if "it is not told in" in fault]) == 3
    )  # its subject stands before ours in all languages


def test_midnight_is_a_day_and_noon_a_moment() -> None:
    assert moment(datetime(2026, 12, 3, tzinfo=CHICAGO)) == "Thursday 3 December 2026"
    assert moment(datetime(2026, 7, 3, 12, 0, tzinfo=CHICAGO)) == "Friday 3 July 2026 at 12:00 (CDT)"
    assert day(datetime(2026, 1, 31, tzinfo=CHICAGO)) == "Saturday 31 January 2026"


def test_a_text_is_cut_into_paragraphs_at_its_blank_lines() -> None:
    assert paragraphs("a\nb\n \n\t\n\nc\n") == [["a", "b"], ["c"]]
