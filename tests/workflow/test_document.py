"""docs/workflows.md explains every key that the reader of workflow files knows."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.workflow.tiny import SOUND, TEMPLATES, faults
from workflow.load import load

DOCUMENT = (Path(__file__).parents[2] / "docs" / "workflows.md").read_text("utf-8")
NO_KEY = "qqqqqqqqqqqqqqqqqqqq"  # close to none, so that the fault lists all that may stand there
# Each table of a file, by what stands in the sound file, and the same with a key that is none.
TABLES = {
    "the file": ('name = "tiny"\n', f'name = "tiny"\n{NO_KEY} = 1\n'),
    "opens": ("[opens]\n", f"[opens]\n{NO_KEY} = 1\n"),
    "what opens": ('tell_client = "received" }', f'tell_client = "received", {NO_KEY} = 1 }}'),
    "sides": ("[ball_with.client]\n", f"[ball_with.{NO_KEY}]\n\n[ball_with.client]\n"),
    "a side": ("[ball_with.client]\n", f"[ball_with.client]\n{NO_KEY} = 1\n"),
    "a move": (
        '[ball_with.client]\nclient_reply = { to = "todo" }',
        f'[ball_with.client]\nclient_reply = {{ to = "todo", {NO_KEY} = 1 }}',
    ),
    "moves": ("[moves]\n", f"[moves]\n{NO_KEY} = 1\n"),
    "notices": ("[notices]\n", f"[notices]\n{NO_KEY} = 1\n"),
    "a status": ('name = "To Do"\n', f'name = "To Do"\n{NO_KEY} = 1\n'),
    "what a mail does in a status": ('name = "To Do"\n', f'name = "To Do"\non.{NO_KEY} = 1\n'),
    "a state of an issue": (
        "[notices]\n",
        f'[linked]\ndone = {{ to = "todo", from = ["stale"], {NO_KEY} = 1 }}\n\n[notices]\n',
    ),
    "a timer": ('to = "stale" }', f'to = "stale", {NO_KEY} = 1 }}'),
}


@pytest.mark.parametrize(("sound", "with_no_key"), TABLES.values(), ids=TABLES)
def test_every_key_is_in_the_document(sound: str, with_no_key: str) -> None:
    assert SOUND.count(sound) == 1
    (told,) = faults(SOUND.replace(sound, with_no_key))
    _, _, listed = told.partition("is unknown; write one of ")
    known = re.findall(r'"(\w[\w-]*)"', listed)
    assert known
    explained = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`\n]+)`", DOCUMENT))))
    assert set(known) - explained == set()


def test_the_example_of_a_timer_is_a_right_one() -> None:
    (example,) = re.findall(r"```toml\n(\[status\.asked\.timer\].*?)```", DOCUMENT, re.DOTALL)
    text = SOUND.replace('timer = { after_days = 21, to = "stale" }\n', "").replace(
        '  "asked",\n', '  "asked",\n  "stale",\n'
    )
    text = text.replace('"done", "stale"]', '"done", "stale", "reminder"]') + example.replace('"canceled"', '"done"')
    timer = load(text, "tiny.toml", TEMPLATES | {"reminder"}).statuses["asked"].timer
    assert timer
    assert (timer.after, timer.remind, timer.reminder) == (timedelta(days=21), timedelta(days=7), "reminder")
