"""What is written wrong in a workflow file is told with its line and mend, to the letter."""

import pytest

from tests.workflow.tiny import SOUND, faults

# What stands in the sound file, what is written instead, and what is told.
FAULTS = {
    "unknown key at the top": (
        'title = "Tiny Team"',
        'titel = "Tiny Team"\ntitle = "Tiny Team"',
        ['tiny.toml:2: the key "titel" is unknown; did you mean "title"?'],
    ),
    "unknown key in a status": (
        'meaning_for_staff = "Do it."',
        'meaning_for_staff = "Do it."\ncolor = "#112233"',
        ['tiny.toml:35: status "todo": the key "color" is unknown; did you mean "colour"?'],
    ),
    "unknown key in a timer": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "done", tell = "done" }',
        [
            'tiny.toml:53: status "stale": timer: the key "tell" is unknown; write one of "to", "on_date", "after_days", "tell_client", "remind_client", "remind_days_before", "calendar"'
        ],
    ),
    "unknown kind that opens": (
        "out_of_office = {",
        "out_of_ofice = {",
        ['tiny.toml:8: opens: the key "out_of_ofice" is unknown; did you mean "out_of_office"?'],
    ),
    "spam that opens": (
        "out_of_office = {",
        "spam = {",
        [
            (
                'tiny.toml:8: opens: the key "spam" is unknown; write one of "new_ticket", "cc_only", "escalation", '
                '"out_of_office", "system_report", "notification", "calendar"'
            ),
        ],
    ),
    "a machine that moves": (
        '[ball_with.client]\nclient_reply = { to = "todo" }',
        '[ball_with.client]\nclient_reply = { to = "todo" }\nbounce = { to = "done" }',
        [
            "tiny.toml:12: ball_with.client: bounce has a move, but a machine's mail moves no ticket; take it away",
        ],
    ),
    "unknown event": (
        'name = "Asked"',
        'name = "Asked"\non.client_replies = { to = "todo" }',
        ['tiny.toml:38: status "asked": on: the key "client_replies" is unknown; did you mean "client_reply"?'],
    ),
    "unknown side": (
        "[ball_with.client]",
        "[ball_with.clint]",
        [
            'tiny.toml:10: ball_with: the key "clint" is unknown; did you mean "client"?',
        ],
    ),
    "the ball is with whom": (
        'ball_with = "us"',
        'ball_with = "uss"',
        ['tiny.toml:31: status "todo": ball_with is "uss"; did you mean "us"?'],
    ),
    "missing meaning for clients": (
        'meaning_for_clients = "You are asked."\n',
        "",
        ['tiny.toml:36: status "asked": meaning_for_clients is missing; add meaning_for_clients = "…"'],
    ),
    "empty meaning for staff": (
        'meaning_for_staff = "Do it."',
        'meaning_for_staff = " "',
        ['tiny.toml:34: status "todo": meaning_for_staff is " "; write words in quotes: meaning_for_staff = "…"'],
    ),
    "not a colour": (
        'colour = "#112233"\nmeaning_for_clients = "We are at it."',
        'colour = "blue"\nmeaning_for_clients = "We are at it."',
        [
            'tiny.toml:32: status "todo": colour is "blue"; write # and six digits or letters a to f, such as "#2563eb"',
        ],
    ),
    "a key that is no key": (
        "[status.todo]",
        (
            '[status."To Do!"]\nname = "To Do 2"\nopen = true\nball_with = "us"\ncolour = "#112233"\n'
            'meaning_for_clients = "x"\nmeaning_for_staff = "x"\n\n[status.todo]'
        ),
        [
            (
                'tiny.toml:28: status "To Do!": this cannot be the key of a status; '
                "write small letters, digits and _, such as on_hold"
            ),
        ],
    ),
    "a word instead of true": (
        'open = true\nball_with = "us"',
        'open = "yes"\nball_with = "us"',
        ['tiny.toml:30: status "todo": open is "yes"; write true or false, without quotes'],
    ),
    "days in words": (
        "reopen_days = 14",
        'reopen_days = "14"',
        ['tiny.toml:4: reopen_days is "14"; write a whole number from 1 to 3650: reopen_days = 30'],
    ),
    "no days at all": (
        "after_days = 2,",
        "after_days = 0,",
        [
            'tiny.toml:53: status "stale": timer: after_days is 0; write a whole number from 1 to 3650: after_days = 21, or on_date = true'
        ],
    ),
    "a timer that never runs": (
        "after_days = 2,",
        "",
        ['tiny.toml:53: status "stale": timer: after_days is missing; add after_days = 21, or on_date = true'],
    ),
    "a list that is none": (
        'personal = ["reply"]',
        'personal = "reply"',
        [
            'tiny.toml:26: notices: personal is "reply"; write a list of words in quotes: personal = ["…", "…"]',
        ],
    ),
    "a table that is none": (
        'timer = { after_days = 2, to = "done" }',
        'timer = "2 days"',
        ['tiny.toml:53: status "stale": timer is "2 days"; write timer = { after_days = 21, to = "…" }'],
    ),
    "needs_date without a date": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "done" }\nneeds_date = true',
        [
            (
                'tiny.toml:54: status "stale": needs_date stands without a timer that waits for it; '
                'add timer = { on_date = true, to = "…" }, or take needs_date away'
            ),
        ],
    ),
    "a date without needs_date": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { on_date = true, to = "done" }',
        [
            (
                'tiny.toml:53: status "stale": timer waits for a date, but needs_date is missing; '
                "add needs_date = true, or needs_date = false where the date may be left open"
            ),
        ],
    ),
    "days and a date": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, on_date = true, to = "done" }\nneeds_date = false',
        ['tiny.toml:53: status "stale": timer has both after_days and on_date; keep one of the two'],
    ),
    "days to remind and no notice": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "done", remind_days_before = 1 }',
        ['tiny.toml:53: status "stale": timer reminds without a notice; add remind_client = "…"'],
    ),
    "a reminder and no days": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "done", remind_client = "stale" }',
        ['tiny.toml:53: status "stale": timer: remind_days_before is missing; add remind_days_before = 7'],
    ),
    "a reminder before the timer begins": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "done", remind_client = "stale", remind_days_before = 2 }',
        [
            (
                'tiny.toml:53: status "stale": timer reminds 2 days before its end, and runs for 2; '
                "remind later, or let it run longer"
            ),
        ],
    ),
    "a key twice": (
        'title = "Tiny Team"',
        'title = "Tiny Team"\ntitle = "Tiny Team"',
        ["tiny.toml:3: Cannot overwrite a value; keep it once"],
    ),
    "a status twice": (
        "[status.done]",
        "[status.stale]",
        ["tiny.toml:55: Cannot declare ('status', 'stale') twice; keep it once"],
    ),
    "words without quotes": (
        'title = "Tiny Team"',
        "title = Tiny Team",
        ['tiny.toml:2: Invalid value; write a line as key = "words in quotes"'],
    ),
}


@pytest.mark.parametrize(("sound", "faulty", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_line_and_its_mend(sound: str, faulty: str, told: list[str]) -> None:
    assert SOUND.count(sound) == 1
    assert faults(SOUND.replace(sound, faulty)) == told
