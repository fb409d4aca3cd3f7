"""A workflow file is read as it says, or refused with all its faults at once."""

import pickle

import pytest

from tests.workflow.tiny import SOUND, TEMPLATES, faults
from workflow.fault import WorkflowError
from workflow.load import load
from workflow.machine import Ball, Event, Nature


def test_a_sound_file_is_read_as_it_says() -> None:
    workflow = load(SOUND, "tiny.toml", TEMPLATES)
    asked = workflow.statuses["asked"]
    assert (workflow.name, workflow.title, workflow.initial, workflow.reopen.days) == ("tiny", "Tiny Team", "todo", 14)
    assert list(workflow.statuses) == ["todo", "asked", "stale", "done"]
    assert asked.ball is Ball.CLIENT
    assert asked.timer
    assert (asked.timer.after.days if asked.timer.after else 0, asked.timer.to) == (21, "stale")
    assert asked.on[Event.CLIENT_REPLY].to == "todo"
    assert asked.moves == {"todo", "done"}
    assert workflow.notices["reply"].nature is Nature.PERSONAL


def test_a_notice_without_a_template_is_told_where_it_is_listed() -> None:
    assert faults(SOUND, TEMPLATES - {"stale"}) == [
        'tiny.toml:25: notices: notice "stale" has no template; add the folder templates/mail/tiny/stale',
    ]


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = SOUND.replace('"Tiny Team"', "7").replace('to = "stale"', 'to = "stail"').replace("open = false", "")
    assert faults(text, TEMPLATES - {"reply"}) == [
        'tiny.toml:2: title is 7; write words in quotes: title = "CourseLeaf Support"',
        'tiny.toml:26: notices: notice "reply" has no template; add the folder templates/mail/tiny/reply',
        'tiny.toml:43: status "asked": timer leads to "stail", which does not exist; did you mean "stale"?',
        'tiny.toml:55: status "done": open is missing; add open = true, or false',
    ]


def test_an_empty_file_says_what_it_lacks() -> None:
    told = faults("")
    assert told == [
        'tiny.toml:1: name is missing; add name = "courseleaf"',
        'tiny.toml:1: title is missing; add title = "CourseLeaf Support"',
        'tiny.toml:1: initial is missing; add initial = "outstanding"',
        "tiny.toml:1: reopen_days is missing; add reopen_days = 30",
        "tiny.toml:1: opens is missing; add a table [opens]",
        "tiny.toml:1: notices is missing; add a table [notices]",
        "tiny.toml:1: status is missing; add a table [status.…] for every status",
    ]


@pytest.mark.parametrize(
    "text", ['a = "', "[", "a = [[1", "\x00", "[" * 5000, "a = " + "[" * 5000, "a = " + "9" * 5000]
)
def test_what_is_no_toml_is_one_fault_with_its_line(text: str) -> None:
    told = faults("# ours\n" + text)
    assert len(told) == 1
    assert told[0].startswith("tiny.toml:2: ")


def test_line_ends_and_marks_of_other_systems_do_no_harm() -> None:
    assert load("\ufeff" + SOUND.replace("\n", "\r\n"), "tiny.toml", TEMPLATES) == load(SOUND, "tiny.toml", TEMPLATES)
    text = "\ufeff" + SOUND.replace('to = "stale"', 'to = "stail"').replace("\n", "\r\n")
    assert faults(text)[0].startswith("tiny.toml:43: ")


def test_an_item_of_a_list_over_several_lines_is_found_after_texts_that_look_like_tables() -> None:
    text = SOUND.replace('"We are at it."', '"""\n[status.asked]\nname = "x"\n"""').replace(
        '  "done",\n', '  "donee",\n'
    )
    assert faults(text)[0] == 'tiny.toml:20: moves: anywhere lists "donee", which does not exist; did you mean "done"?'
    text = text.replace('  "donee",\n', '  "done",\n').replace('to = "stale"', 'to = "stail"')
    assert faults(text)[0].startswith('tiny.toml:46: status "asked": timer leads to "stail"')


def test_what_a_status_lacks_is_told_where_the_status_begins() -> None:
    text = SOUND.replace('colour = "#112233"\nmeaning_for_clients = "We are at it."\n', "")
    own = '[status.todo.on]\nclient_reply = { to = "asked" }\n\n[status.done]'
    assert faults(text.replace("[status.done]", own)) == [
        'tiny.toml:28: status "todo": meaning_for_clients is missing; add meaning_for_clients = "…"',
        'tiny.toml:28: status "todo": colour is missing; add colour = "#2563eb"',
    ]


def test_a_name_with_line_breaks_stays_one_line_in_an_error() -> None:
    text = SOUND.replace('to = "stale"', 'to = "a\\nb"')
    assert len(faults(text)) == 1


def test_the_error_survives_the_way_between_processes() -> None:
    with pytest.raises(WorkflowError) as caught:
        load("name = 1", "tiny.toml", TEMPLATES)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.faults == caught.value.faults
    assert str(again) == str(caught.value)
