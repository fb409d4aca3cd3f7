"""What takes longer than a test run may. It measures, and judges as the tests do.

1,000 kills, 20,000 seeds of the simulation, a backlog of 10,000 mails, every walk on PostgreSQL, a minute's absence.
Run it with `./do soak [kills] [simulation] [backlog] [walks] [minute] [--minutes N] [--first SEED]`; N is for each part. What was not
reached in the time is said, and with it the seed from which the next run goes on.
"""

import argparse
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.bench.__main__ import LIMITS_OFF, MOST_MEMORY
from tests.bench.mails import mails
from tests.servers import dovecot as imap
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_script import SmtpServer
from tests.simulation.player import Player
from tests.walk.killing import ask
from tests.walk.lab import PASSWORD, Lab
from tests.walk.memory import MIB, Watch

KILLS, SEEDS, BACKLOG = 1_000, 20_000, 10_000
LIVES = 50  # of one round, on each of the two databases
TOGETHER = 20  # seeds that a worker plays before it says how they ended
FIRST_SEED = 1_000  # the suite has those below
ORDER = ("mails in", "tickets", "sends", "duplicates", "unknowns", "kills", "seeds")
Sums = Counter[str]


def kills(until: float) -> tuple[Sums, list[str]]:
    """Random kills of real processes, in rounds of their own seeds, as tests/walk/test_crash.py has them."""
    sums: Sums = Counter()
    faults = []
    test = "tests/walk/test_crash.py::test_kills_at_random_moments_lose_nothing_and_double_nothing"
    for seed in range(1, 1 + KILLS // (2 * LIVES)):
        if time.monotonic() > until:
            break
        environment = {**os.environ, "SEED": str(seed), "LIVES": str(LIVES)}
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", test]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        sums.update(_summed(done.stdout))
        faults += _not_run(done.stdout)
        if done.returncode:
            faults.append(f"SEED={seed} LIVES={LIVES} ./do test {test}\n{done.stdout[-2000:]}")
        print(f"kills: {sums['kills']} of {KILLS}", flush=True)
    return sums, faults


def simulation(until: float, first: int) -> tuple[Sums, list[str]]:
    """Seeds behind those of the suite, from `first` on, a process a processor."""
    sums: Sums = Counter()
    faults: list[str] = []
    begun = time.monotonic()
    end = FIRST_SEED + SEEDS
    played = first
    with get_context("spawn").Pool() as pool:
        for counted, found in pool.imap(_played, range(first, end, TOGETHER)):
            played += TOGETHER
            sums.update(counted)
            faults += found
            if time.monotonic() > until:
                pool.terminate()
                break
    rate = sums["seeds"] / (time.monotonic() - begun)
    print(f"simulation: seeds {first}-{played - 1} of {FIRST_SEED}-{end - 1}, {rate:.1f} a second", flush=True)
    return sums, faults


def _played(first: int) -> tuple[Sums, list[str]]:
    logging.getLogger("postroom").setLevel(logging.CRITICAL)
    sums: Sums = Counter()
    faults = []
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        player = Player(Path(folder))
        for seed in range(first, first + TOGETHER):
            try:
                verdict = player.play(seed)
            except AssertionError as error:
                faults.append(str(error))
                continue
            faults += [f"SEED={seed}: {fault}" for fault in verdict.faults()]
            sums.update(verdict.sums())
        player.close()
    return sums, faults


def backlog(until: float) -> tuple[Sums, list[str]]:
    """A mailbox that holds 10,000 mails when the service starts: each on its ticket, with its answer."""
    del until
    if reason := imap.available():
        return Counter(), [f"backlog: {reason}"]
    users = {"support0": PASSWORD, "escalate0": PASSWORD}
    with (
        tempfile.TemporaryDirectory() as folder,
        Dovecot(Path(folder) / "imap", users=users) as dovecot,
        SmtpServer() as smtp,
    ):
        lab = Lab(Path(folder) / "postroom", dovecot, smtp, more=LIMITS_OFF)
        for raw in mails(BACKLOG):
            lab.deliver(raw)
        begun = time.monotonic()
        process = lab.popen("run", "--once")
        with Watch(process.pid) as memory:
            _, log = process.communicate()
        seconds = time.monotonic() - begun
        ((tickets,),) = ask(lab, "SELECT count(*) FROM ticket")
        sends = Counter(one.recipient for one in smtp.accepted)
        print(
            f"backlog: {BACKLOG} mails in {seconds:.0f} s, {BACKLOG / seconds:.0f} a second, {memory.most // MIB} MiB"
        )
        whole = (process.returncode, tickets, sends.total(), lab.left()) == (0, BACKLOG, BACKLOG, 0)
        sums = Counter({"mails in": BACKLOG, "tickets": tickets, "sends": sends.total()})
        faults = [] if whole else [f"backlog: {tickets} tickets, {sends.total()} sends\n{log[-2000:]}"]
        if memory.most > MOST_MEMORY * MIB:
            faults.append(f"backlog: {memory.most // MIB} MiB, and the floor is {MOST_MEMORY}")
        return sums, faults


def walks(until: float) -> tuple[Sums, list[str]]:
    """Every walk of the suite on PostgreSQL, where the suite takes most of them on SQLite alone."""
    return _tests(until, "tests/walk", ENGINE="postgresql")


def minute(until: float) -> tuple[Sums, list[str]]:
    """A run that is frozen or cut off for a minute, with the lease that postroom has by itself; the suite's is shorter."""
    return _tests(until, "tests/walk/test_several_runs.py", LEASE_SECONDS="40", AWAY_SECONDS="60")


def _tests(until: float, path: str, **environment: str) -> tuple[Sums, list[str]]:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", path]
    left = until - time.monotonic()
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=left
    )
    print(done.stdout.splitlines()[-1], flush=True)
    again = " ".join(f"{name}={value}" for name, value in environment.items())
    faults = [f"{again} ./do test {path}\n{done.stdout[-4000:]}"] if done.returncode else []
    return _summed(done.stdout), faults + _not_run(done.stdout)


def _not_run(said: str) -> list[str]:
    """A server that is missing proves nothing."""
    return re.findall(r"^NOT RUN: .*$", said, re.MULTILINE)


def _summed(said: str) -> Sums:
    counted = re.search(r"^SUMS: (.*)$", said, re.MULTILINE)
    return Counter({name: int(n) for name, n in re.findall(r"([a-z ]+) (\d+)(?:, |$)", counted[1] if counted else "")})


PARTS = {"kills": kills, "simulation": simulation, "backlog": backlog, "walks": walks, "minute": minute}


def main() -> None:
    parser = argparse.ArgumentParser(prog="./do soak", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all, if none is named")
    parser.add_argument("--minutes", type=float, default=120, help="for each part, at most")
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="the seed with which the simulation begins")
    asked = parser.parse_args()
    parts = {**PARTS, "simulation": partial(simulation, first=asked.first)}
    if wrong := set(asked.parts) - set(parts):
        parser.error(f"there is no part {', '.join(sorted(wrong))}")
    sums: Sums = Counter()
    faults: list[str] = []
    for name in asked.parts or parts:
        counted, found = parts[name](time.monotonic() + 60 * asked.minutes)
        sums.update(counted)
        faults += found
    print("SUMS: " + ", ".join(f"{name} {sums[name]}" for name in ORDER))
    print(*faults, sep="\n")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
