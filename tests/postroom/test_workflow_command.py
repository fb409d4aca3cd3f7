"""`postroom workflow`: every fault that a workflow can have is told with its line and mend, and a sound one is drawn."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.postroom.installed import GOOD, command, install
from tests.workflow.desk import BOTH, PROFILES
from workflow.chart import chart
from workflow.machine import Workflow
from workflow.mermaid import mermaid
from workflow.picture import picture
from workflow.svg import svg

DESK = (PROFILES / "service-desk.toml").read_text("utf-8")
TIMER = 'to = "done"\ntell_client = "done-without-answer"'
LOST = """
[status.lost]
name = "Lost"
open = true
ball_with = "us"
colour = "#112233"
meaning_for_clients = "It is lost."
meaning_for_staff = "Find it."
"""
CLOSED = 'ball_with = "nobody"\ncolour = "#831843"'

# Each fault that a workflow is to be proved free of: what stands in the service desk's file, what is written instead,
# at which text of the faulty file it is told, and what is told.
FAULTS = {
    "an unreachable status": (
        "[status.declined]",
        f"{LOST}\n[status.declined]",
        "[status.lost]",
        'status "lost": no ticket can ever reach it; add it to [moves] anywhere, or to the moves of another status',
    ),
    "a timer on a closed status": (
        CLOSED,
        f'{CLOSED}\ntimer = {{ after_days = 3, to = "done" }}',
        "timer = { after_days = 3",
        'status "declined": timer on a closed status; take the timer away, or write open = true',
    ),
    "a loop of timers": (
        TIMER,
        TIMER.replace('"done"', '"waiting_for_customer_approval"'),
        "[status.waiting_for_customer_approval.timer]",
        (
            'status "waiting_for_customer_approval": timers lead in a loop: waiting_for_customer_approval > '
            "waiting_for_customer_approval; let one of them lead out"
        ),
    ),
    "a move to a status that does not exist": (
        'on.approval = { to = "done"',
        'on.approval = { to = "dnoe"',
        "on.approval",
        'status "waiting_for_customer_approval": approval leads to "dnoe", which does not exist; did you mean "done"?',
    ),
    "a timer to a status that does not exist": (
        TIMER,
        TIMER.replace('"done"', '"gone"'),
        'to = "gone"',
        'status "waiting_for_customer_approval": timer leads to "gone", which does not exist; did you mean "done"?',
    ),
    "a template that is missing": (
        '"approved"]',
        '"approved", "aproved"]',
        "acknowledgement = [",
        'notices: notice "aproved" has no template; add the folder templates/mail/service-desk/aproved',
    ),
    "an open status that no event can leave": (
        DESK[DESK.index("[moves]") : DESK.index("[notices]")],
        f"{LOST}\n",
        "[status.lost]",
        'status "lost": it is open, and nothing leads out of it; add moves, a timer, or what a mail does here (on)',
    ),
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def faulty(folder: Path, text: str) -> Path:
    file = folder / "our-team.toml"
    file.write_text(text, encoding="utf-8")
    return file


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


@pytest.mark.parametrize(
    ("sound", "wrong", "at", "told"), [pytest.param(*each, id=name) for name, each in FAULTS.items()]
)
def test_each_fault_of_a_workflow_is_one_line_with_file_line_and_mend(
    sound: str, wrong: str, at: str, told: str, tmp_path: Path
) -> None:
    assert DESK.count(sound) == 1
    text = DESK.replace(sound, wrong)
    faulty(tmp_path, text)
    said = command("workflow", "lint", "our-team.toml")
    assert said.exit_code == 1
    assert f"our-team.toml:{line_of(text, at)}: {told}" in said.stdout.splitlines()


OWN = """{{% if due and not until %}}{}{{% else %}}Hello{{% endif %}}"""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("{{ dew|day }}", "body.txt: 'dew' is undefined"),
        ("{{ due|dya }}", "No filter named 'dya'"),
        ("{{ subject }}", "(an acknowledgement repeats nothing that people wrote)"),
        ("{% if %}", "line 1: "),
        ("{{ 1 // 0 }}", "ZeroDivisionError"),
    ],
)
def test_a_template_that_does_not_render_is_told_at_the_line_that_lists_its_notice(
    words: str, reason: str, tmp_path: Path
) -> None:
    """Also where it fails in one case alone: with a timer, and no date of staff's."""
    own = tmp_path / "own" / "service-desk" / "approved"
    own.mkdir(parents=True)
    (own / "body.txt").write_text(OWN.format(words), encoding="utf-8")
    install(tmp_path, f'templates = "own"\n{GOOD}')
    said = command("workflow", "lint", "service-desk")
    (line,) = said.stdout.splitlines()
    assert said.exit_code == 1
    at = line_of(DESK, "acknowledgement = [")
    assert line.startswith(f'service-desk.toml:{at}: notices: notice "approved" does not render: ')
    assert reason in line
    assert line.endswith("; mend it in templates/mail/service-desk/approved")
    assert command("workflow", "lint", "courseleaf").exit_code == 0


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.name)
def test_what_ships_has_no_fault_and_is_drawn_without_a_configuration(flow: Workflow) -> None:
    said = command("workflow", "lint", flow.name)
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.startswith(f"{flow.name}.toml: no fault: {len(flow.statuses)} statuses, ")
    assert command("workflow", "chart", flow.name).stdout == mermaid(chart(flow))
    drawn = command("workflow", "chart", flow.name, "--svg")
    assert (drawn.exit_code, drawn.stdout) == (0, svg(picture(chart(flow))))
    ET.fromstring(drawn.stdout)


def test_a_file_of_ones_own_is_drawn_and_one_with_faults_is_not(tmp_path: Path) -> None:
    faulty(tmp_path, DESK.replace('title = "Service Desk"', 'title = "Our Team"'))
    assert "<title>Our Team</title>" in command("workflow", "chart", "our-team.toml", "--svg").stdout
    faulty(tmp_path, DESK.replace('initial = "', 'initial = "x').replace("reopen_days = 30", "reopen_days = 0"))
    said = command("workflow", "chart", "our-team.toml")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.startswith(
        'postroom: our-team.toml:11: initial is "xwaiting_for_support", which does not exist; '
    )
    assert said.stderr.endswith("(and 1 more: postroom workflow lint)\n")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "no-such",
            None,
            'postroom: "no-such": No such file or directory: write "courseleaf", "service-desk", or the path',
        ),
        ("../courseleaf", None, 'postroom: "../courseleaf": No such file'),
        ("a\x1bb.toml", None, "No such file"),
        (".", None, "Is a directory"),
        ("latin.toml", b'name = "Caf\xe9"', "it is no text in UTF-8"),
    ],
)
def test_what_is_no_workflow_file_is_one_line(name: str, content: bytes | None, told: str, tmp_path: Path) -> None:
    if content:
        (tmp_path / name).write_bytes(content)
    for verb in ("lint", "chart"):
        said = command("workflow", verb, name)
        assert (said.exit_code, said.stdout) == (1, "")
        (line,) = said.stderr.splitlines()
        assert told in line
        assert line.isprintable()


def test_a_file_that_is_no_toml_and_one_that_is_huge_are_refused_with_a_line(tmp_path: Path) -> None:
    faulty(tmp_path, "name = ")
    assert command("workflow", "lint", "our-team.toml").stdout.startswith("our-team.toml:1: Invalid value; ")
    statuses = "".join(LOST.replace("lost", f"lost{n}").replace("Lost", f"Lost {n}") for n in range(300))
    faulty(tmp_path, DESK + statuses)
    assert len(command("workflow", "lint", "our-team.toml").stdout.splitlines()) == 300
