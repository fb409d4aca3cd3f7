"""A notice that could not be sent, or would go out as what it is not, is told with its line and mend."""

import pytest

from tests.workflow.tiny import SOUND, faults

# What stands in the sound file, what is written instead, and what is told.
FAULTS = {
    "a machine that is answered": (
        'out_of_office = { to = "done" }',
        'out_of_office = { to = "done", tell_client = "received" }',
        [
            (
                "tiny.toml:8: opens: out_of_office tells the client, but a machine's mail is never answered; "
                "take tell_client away"
            ),
        ],
    ),
    "a notice that is not listed": (
        'tell_client = "done"',
        'tell_client = "dome"',
        [
            'tiny.toml:25: notices: notice "done" is never sent; did you mean "dome"?',
            'tiny.toml:62: status "done": entry tells "dome", which [notices] does not list; did you mean "done"?',
        ],
    ),
    "staff's own words as automatic mail": (
        'automatic = ["done", "stale"]\npersonal = ["reply"]',
        'automatic = ["done", "stale", "reply"]',
        [
            'tiny.toml:23: notices: notice "reply" is not among the personal ones; add it there: personal = ["reply"]; staff write with it',
        ],
    ),
    "a notice that is listed twice": (
        'personal = ["reply"]',
        'personal = ["reply", "done"]',
        ['tiny.toml:26: notices: notice "done" is listed twice; keep it in one list'],
    ),
    "an answer that is no acknowledgement": (
        'client_reply = { to = "todo" }',
        'client_reply = { to = "todo", tell_client = "stale" }',
        [
            (
                'tiny.toml:11: ball_with.client: client_reply tells "stale" as an answer to a mail; '
                'list it in [notices] under "acknowledgement"'
            ),
        ],
    ),
    "an acknowledgement of nothing": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "done", tell_client = "received" }',
        [
            (
                'tiny.toml:53: status "stale": timer tells "received", which is an acknowledgement, '
                'without a mail to answer; list it in [notices] under "automatic"'
            ),
        ],
    ),
    "a reminder that is not listed": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "done", remind_client = "reminder", remind_days_before = 1 }',
        [
            (
                'tiny.toml:53: status "stale": timer reminds with "reminder", which [notices] does not list; '
                "list it in [notices]"
            ),
        ],
    ),
    "an acknowledgement as a reminder": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "done", remind_client = "received", remind_days_before = 1 }',
        [
            (
                'tiny.toml:53: status "stale": timer reminds with "received", which is an acknowledgement, '
                'without a mail to answer; list it in [notices] under "automatic"'
            ),
        ],
    ),
    "a staff reply that tells twice": (
        '[ball_with.client]\nclient_reply = { to = "todo" }',
        '[ball_with.client]\nclient_reply = { to = "todo" }\nstaff_reply = { tell_client = "reply" }',
        [
            (
                "tiny.toml:12: ball_with.client: staff_reply tells the client, who gets the staff member's own words already; "
                "take tell_client away"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("sound", "faulty", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_line_and_its_mend(sound: str, faulty: str, told: list[str]) -> None:
    assert SOUND.count(sound) == 1
    assert faults(SOUND.replace(sound, faulty)) == told
