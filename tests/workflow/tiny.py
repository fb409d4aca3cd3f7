"""A small sound workflow file, and what is told when it is not sound."""

from collections.abc import Mapping

import pytest

from workflow.calendar import Calendar
from workflow.fault import WorkflowError
from workflow.load import load

SOUND = """\
name = "tiny"
title = "Tiny Team"
initial = "todo"
reopen_days = 14

[opens]
new_ticket = { to = "todo", tell_client = "received" }
out_of_office = { to = "done" }

[ball_with.client]
client_reply = { to = "todo" }

[ball_with.nobody]
client_reply = { to = "todo", tell_client = "reopened" }

[moves]
anywhere = [
  "todo",
  "asked",
  "done",
]

[notices]
acknowledgement = ["received", "reopened"]
automatic = ["done", "stale"]
personal = ["reply"]

[status.todo]
name = "To Do"
open = true
ball_with = "us"
colour = "#112233"
meaning_for_clients = "We are at it."
meaning_for_staff = "Do it."

[status.asked]
name = "Asked"
open = true
ball_with = "client"
colour = "#112233"
meaning_for_clients = "You are asked."
meaning_for_staff = "Wait."
timer = { after_days = 21, to = "stale" }

[status.stale]
name = "Stale"
open = true
ball_with = "client"
colour = "#112233"
meaning_for_clients = "We close it soon."
meaning_for_staff = "Wait a little."
tell_client = "stale"
timer = { after_days = 2, to = "done" }

[status.done]
name = "Done"
open = false
ball_with = "nobody"
colour = "#112233"
meaning_for_clients = "It is done."
meaning_for_staff = "Nothing is left."
tell_client = "done"
"""
TEMPLATES = frozenset({"received", "reopened", "done", "stale", "reply"})


def faults(
    text: str, templates: frozenset[str] = TEMPLATES, calendars: Mapping[str, Calendar] | None = None
) -> list[str]:
    with pytest.raises(WorkflowError) as caught:
        load(text, "tiny.toml", templates, calendars)
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))
    return str(caught.value).splitlines()
