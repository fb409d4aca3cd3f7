"""Killing: kills a `postroom run`, and counts afterwards what is on the disk, in the mailboxes and at the SMTP server. It mends nothing."""

import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from hashlib import sha256
from subprocess import Popen, TimeoutExpired
from typing import Any

import psycopg

from store.driver import sqlite3
from tests.walk.lab import PATIENCE, SQLITE, Lab
from tests.walk.post import Post

Sums = Counter[str]
Told = Callable[[Sums], Sums]

# What must never be found, whatever was cut off where: a name, and the rows of it.
NEVER = {
    "a mail with two rows": "SELECT account, folder, uidvalidity, uid FROM mail GROUP BY 1, 2, 3, 4 HAVING count(*) > 1",
    "a mail that is not settled": "SELECT id, state, reason FROM mail WHERE state NOT IN ('processed', 'parked')",
    "a mail on no ticket": "SELECT id FROM mail WHERE state = 'processed' AND ticket IS NULL",
    "a mail that is not filed": "SELECT id FROM mail WHERE NOT moved",
    "a mail without one entry": "SELECT m.id, count(e.id) FROM mail m LEFT JOIN entry e ON e.mail = m.id AND e.direction = 'in'"
    " WHERE m.state = 'processed' GROUP BY 1 HAVING count(e.id) <> 1",
    "a mail parked for nothing": "SELECT id, kind FROM mail WHERE state = 'parked' AND kind <> 'duplicate'",
    "an effect of two mails": "SELECT mail FROM effect GROUP BY 1 HAVING count(*) > 1",
    "a ticket opened twice or never": "SELECT t.number FROM ticket t LEFT JOIN history h ON h.ticket = t.number AND h.was = ''"
    " GROUP BY 1 HAVING count(h.id) <> 1",
    "a ticket without one acknowledgement": "SELECT t.number, count(o.id) FROM ticket t LEFT JOIN outbox o ON o.ticket = t.number"
    " AND o.nature = 'acknowledgement' GROUP BY 1 HAVING count(o.id) <> 1",
    "an answer in no conversation": "SELECT o.id FROM outbox o LEFT JOIN entry e ON e.outgoing = o.id"
    " WHERE o.ticket IS NOT NULL GROUP BY 1 HAVING count(e.id) <> 1",
    "an answer that still waits": "SELECT id, state FROM outbox WHERE state NOT IN ('sent', 'unknown')",
}
MAY_GO_TWICE = {"automatic", "personal", "staff"}


def die(lab: Lab, failpoint: str) -> None:
    """A `postroom run` that has to be killed at that failpoint, with all that it started."""
    process = lab.popen("run", POSTROOM_FAILPOINT=failpoint)
    # Its workers hold the same pipes: this returns when they are gone, too.
    log = ended(process)
    assert process.returncode == -signal.SIGKILL, log


def ended(process: Popen[str]) -> str:
    """The log of a process that must end by itself soon; one that does not is ended, and is a failure."""
    try:
        return process.communicate(timeout=PATIENCE)[1]
    except TimeoutExpired:
        process.terminate()
        raise AssertionError(process.communicate(timeout=PATIENCE)[1]) from None


def ask(lab: Lab, question: str) -> list[tuple[Any, ...]]:
    """Rows of the database, read past the program."""
    if lab.database != SQLITE:
        with psycopg.connect(lab.database.replace("+psycopg", "")) as server:
            return server.execute(question).fetchall()  # type: ignore[arg-type]
    with closing(sqlite3.connect(lab.folder / "postroom.db")) as file:
        return file.execute(question).fetchall()


def count(post: Post, *, kills: int = 0) -> Sums:
    """Checks all that must hold after the last start, and says how much of what there was."""
    lab = post.lab
    whole(lab)
    ((kept,),) = ask(lab, "SELECT count(*) FROM mail")
    ((tickets,),) = ask(lab, "SELECT count(*) FROM ticket")
    ((parked,),) = ask(lab, "SELECT count(*) FROM mail WHERE state = 'parked'")
    sums = Sums({"kills": kills, "mails in": len(post.delivered), "delivered twice": parked, "tickets": tickets})
    sums.update({"lost": len(post.delivered) - kept, "duplicate tickets": tickets - post.tickets})
    assert (sums["lost"], sums["duplicate tickets"], parked) == (0, 0, post.again), sums
    kept_and_filed(post)
    sums.update(sent(lab))
    return sums


def whole(lab: Lab) -> None:
    """Nothing in the database is half done or damaged."""
    faults = {name: found for name, question in NEVER.items() if (found := ask(lab, question))}
    assert not faults, faults
    if lab.database != SQLITE:
        return  # the server has no constraint that it does not hold at every moment
    damage = ask(lab, "PRAGMA integrity_check") + ask(lab, "PRAGMA foreign_key_check")
    assert damage == [("ok",)], damage


def kept_and_filed(post: Post) -> None:
    """Each delivered mail is in the ledger once, octet for octet, and lies in the processed folder of its mailbox once."""
    lab = post.lab
    kept = Counter(digest for (digest,) in ask(lab, "SELECT b.sha256 FROM mail m JOIN blob b ON b.id = m.blob"))
    assert kept == Counter(sha256(raw).hexdigest() for _, raw in post.delivered), "not the mails that were delivered"
    for role in ("support", "escalate"):
        assert lab.left(role) == 0, f"{lab.left(role)} left in {role}"
        filed = Counter(lab.dovecot.mails(f"{role}{lab.number}", "Processed"))
        assert filed == Counter(raw for to, raw in post.delivered if to == role), f"{filed.total()} filed of {role}"


def sent(lab: Lab) -> Sums:
    """What went out: nothing twice but what ended unknown, and that byte for byte; no acknowledgement twice."""
    lab.smtp.wait_until(lambda: lab.smtp.events.count("closed") == lab.smtp.connections)
    rows = ask(lab, "SELECT message_id, recipient, nature, state, doubts, raw, notice FROM outbox")
    taken: dict[str, list[tuple[str, bytes]]] = {row[0]: [] for row in rows}
    assert len(taken) == len(rows), "two answers with one Message-ID"
    for mail in lab.smtp.accepted:
        taken[message_id(mail.raw)].append((mail.recipient, mail.raw))
    sums = Sums({"sends": len(lab.smtp.accepted)})
    for id_, recipient, nature, state, doubts, raw, notice in rows:
        copies = taken[id_]
        assert set(copies) <= {(recipient, raw)}, "changed bytes, or somebody else's"
        assert len(copies) <= 1 + doubts, f"{nature} sent {len(copies)} times, {state} after {doubts} doubts"
        assert doubts <= (nature in MAY_GO_TWICE), f"{nature} was handed out again after a doubt"
        assert copies or state == "unknown", f"{nature} is said to be sent, and was not"
        if (notice, nature) == ("escalated", "staff"):  # managers hear of each escalation: no answer to a mail
            sums.subtract({"sends": len(copies)})
            continue
        sums.update({"duplicates": max(0, len(copies) - 1), "unknowns": int(state == "unknown")})
    return sums


def message_id(raw: bytes) -> str:
    """Of a mail of ours."""
    heads: Sequence[bytes] = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")
    (found,) = [line.partition(b":")[2].strip() for line in heads if line.lower().startswith(b"message-id:")]
    return found.decode()
