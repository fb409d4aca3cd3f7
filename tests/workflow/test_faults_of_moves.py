"""A workflow that cannot run is refused: what leads nowhere, what waits for ever. To the letter, line and mend."""

import pytest

from tests.workflow.tiny import SOUND, faults

# What stands in the sound file, what is written instead, and what is told.
FAULTS = {
    "timer to nowhere": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "doone" }',
        ['tiny.toml:53: status "stale": timer leads to "doone", which does not exist; did you mean "done"?'],
    ),
    "move to nowhere": (
        '[ball_with.client]\nclient_reply = { to = "todo" }',
        '[ball_with.client]\nclient_reply = { to = "limbo" }',
        [
            (
                'tiny.toml:11: ball_with.client: client_reply leads to "limbo", which does not exist; '
                'write one of "todo", "asked", "stale", "done"'
            ),
        ],
    ),
    "own move to nowhere": (
        'name = "Asked"',
        'name = "Asked"\non.client_reply = { to = "tudo" }',
        ['tiny.toml:38: status "asked": client_reply leads to "tudo", which does not exist; did you mean "todo"?'],
    ),
    "opened as nothing": (
        'out_of_office = { to = "done" }',
        'out_of_office = { to = "gone" }',
        ['tiny.toml:8: opens: out_of_office leads to "gone", which does not exist; did you mean "done"?'],
    ),
    "listed move to nowhere": (
        '  "asked",\n',
        '  "askd",\n',
        ['tiny.toml:19: moves: anywhere lists "askd", which does not exist; did you mean "asked"?'],
    ),
    "initial is nothing": (
        'initial = "todo"',
        'initial = "todoo"',
        ['tiny.toml:3: initial is "todoo", which does not exist; did you mean "todo"?'],
    ),
    "initial is closed": (
        'initial = "todo"',
        'initial = "done"',
        ['tiny.toml:3: initial is "done", which is closed; name an open status'],
    ),
    "timer on a closed status": (
        'ball_with = "nobody"',
        'ball_with = "nobody"\ntimer = { after_days = 1, to = "todo" }',
        ['tiny.toml:59: status "done": timer on a closed status; take the timer away, or write open = true'],
    ),
    "timer while the ball is with us": (
        'ball_with = "us"',
        'ball_with = "us"\ntimer = { after_days = 1, to = "done" }',
        [
            (
                'tiny.toml:32: status "todo": timer runs while the ball is with us; '
                "take the timer away, or say whom the ticket waits for in ball_with"
            ),
        ],
    ),
    "loop of timers": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "asked" }',
        ['tiny.toml:43: status "asked": timers lead in a loop: asked > stale > asked; let one of them lead out'],
    ),
    "timer that leads to its own status": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "stale" }',
        ['tiny.toml:53: status "stale": timers lead in a loop: stale > stale; let one of them lead out'],
    ),
    "unreachable": (
        'timer = { after_days = 21, to = "stale" }\n',
        "",
        [
            (
                'tiny.toml:44: status "stale": no ticket can ever reach it; '
                "add it to [moves] anywhere, or to the moves of another status"
            ),
        ],
    ),
    "open and no way out": (
        '[moves]\nanywhere = [\n  "todo",\n  "asked",\n  "done",\n]\n',
        '[status.done.on]\nescalation = { to = "asked" }\n',
        [
            (
                'tiny.toml:24: status "todo": it is open, and nothing leads out of it; '
                "add moves, a timer, or what a mail does here (on)"
            ),
        ],
    ),
    "a reply that leads nowhere": (
        '[ball_with.nobody]\nclient_reply = { to = "todo", tell_client = "reopened" }\n',
        '[ball_with.third-party]\nclient_reply = { to = "todo", tell_client = "reopened" }\n',
        [
            (
                'tiny.toml:55: status "done": a client\'s reply leads nowhere; '
                'add client_reply = { to = "…" } to [ball_with.nobody]'
            ),
        ],
    ),
    "open with nobody": (
        'ball_with = "us"',
        'ball_with = "nobody"',
        [
            (
                'tiny.toml:28: status "todo": a client\'s reply leads nowhere; '
                'add client_reply = { to = "…" } to [ball_with.nobody]'
            ),
            (
                'tiny.toml:31: status "todo": it is open, but the ball is with nobody; '
                "say who acts next, or write open = false"
            ),
        ],
    ),
    "closed with somebody": (
        'ball_with = "nobody"',
        'ball_with = "client"',
        [
            (
                'tiny.toml:58: status "done": it is closed, but the ball is with client; '
                'write ball_with = "nobody", or open = true'
            ),
        ],
    ),
    "open and always reopened": (
        'ball_with = "us"',
        'ball_with = "us"\nalways_reopens = true',
        ['tiny.toml:32: status "todo": it is open, so that nothing reopens it; take always_reopens away'],
    ),
    "same name": (
        'name = "Stale"',
        'name = "asked"',
        [
            'tiny.toml:46: status "stale": the name "asked" is that of status "asked", too; give each status a name of its own'
        ],
    ),
    "a timer into a status that needs a date": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { on_date = true, to = "done" }\nneeds_date = true',
        [
            (
                'tiny.toml:43: status "asked": timer leads to "stale", which needs a date that only staff can give; '
                "lead it elsewhere, or write needs_date = false there"
            ),
        ],
    ),
    "a timer into a status that needs words": (
        'timer = { after_days = 2, to = "done" }',
        'timer = { after_days = 2, to = "done" }\nneeds_words = true',
        [
            (
                'tiny.toml:43: status "asked": timer leads to "stale", which needs words that only staff can give; '
                "lead it elsewhere, or write needs_words = false there"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("sound", "faulty", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_line_and_its_mend(sound: str, faulty: str, told: list[str]) -> None:
    assert SOUND.count(sound) == 1
    assert faults(SOUND.replace(sound, faulty)) == told
