"""What others did meanwhile, in words: a clause for each change, in its order, with who and when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from outbound.meanwhile import MOST, Did, Reader, Trace, others, told

KIM, LEE, ADA = "kim@example.test", "lee@example.test", "ada@client.example"
NOW = datetime(2026, 11, 27, 21, 0, tzinfo=UTC)
READER = Reader(
    KIM, {KIM: "Kim", LEE: "Lee"}, {"working": "Support Rep Working"}, NOW.astimezone(ZoneInfo("America/Chicago"))
)
AT = datetime(2026, 11, 27, 20, 2, tzinfo=UTC)

CHANGES = {
    'Lee set it to "Support Rep Working" at 14:02, and wrote to the client': [
        Trace(AT, LEE, Did.ANSWERED),
        Trace(AT, LEE, Did.MOVED, "working"),
    ],
    'ada@client.example wrote at 14:02, and moved it to "Support Rep Working"': [
        Trace(AT, "mail:3", Did.MOVED, "working"),
        Trace(AT, ADA, Did.WROTE),
    ],
    'the timer moved it to "lost" on Thursday 26 November at 14:02': [
        Trace(AT - timedelta(days=1), "timer", Did.MOVED, "lost")
    ],
    "you left a note at 14:02": [Trace(AT, KIM, Did.NOTED)],
    "somebody at the command line assigned it to nobody at 14:02": [
        Trace(AT, "command line", Did.CHANGED, "assigned it to nobody")
    ],
    'somebody at the command line set it to "Support Rep Working" at 14:02, and wrote to the client': [
        Trace(AT, "command line", Did.MOVED, "working"),
        Trace(AT, "command line", Did.ANSWERED),
    ],
    "robot@client.example sent a mail (out of office) at 14:02": [
        Trace(AT, "robot@client.example", Did.SENT, "out_of_office")
    ],
    "Lee assigned it to kim@example.test at 14:02": [
        Trace(AT, LEE, Did.CHANGED, "assigned it to kim@example.test"),
    ],
}


def test_each_change_is_a_clause_with_who_and_when() -> None:
    wrong = {words: told(traces, READER) for words, traces in CHANGES.items() if told(traces, READER) != (words,)}
    assert wrong == {}


def test_changes_stand_in_their_order_and_many_are_counted() -> None:
    notes = [Trace(AT + timedelta(minutes=n), LEE, Did.NOTED) for n in range(MOST + 2)]
    said = told(notes[::-1], READER)
    assert said[:2] == ("2 earlier changes", "Lee left a note at 14:04")
    assert (told(notes[: MOST + 1], READER)[0], len(told(notes[:MOST], READER))) == ("1 earlier change", MOST)
    assert told([], READER) == ()


def test_ones_own_changes_are_no_others() -> None:
    mine = [Trace(AT, "mail:1", Did.MOVED, "working"), Trace(AT, "Kim@example.test", Did.NOTED)]
    hers = Trace(AT + timedelta(seconds=1), LEE, Did.NOTED)
    assert others([*mine, hers], KIM) == [hers]
