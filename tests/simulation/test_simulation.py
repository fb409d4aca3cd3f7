"""Whole histories of the pipeline in a world where anything fails at any moment, drawn from a seed; each is judged when it has come to rest.

One seed again, with its history: `SEED=1234 ./do test tests/simulation -k again -s`.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.simulation.player import Player

SEEDS, PARTS = 48, 8
MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    folder = Path(tempfile.mkdtemp(dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    player = Player(folder)
    yield player
    player.close()
    shutil.rmtree(folder)


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_fails_each_mail_has_one_effect_and_each_answer_goes_once(
    part: int, player: Player, record_property: Callable[[str, object], None]
) -> None:
    sums: Counter[str] = Counter()
    for seed in range(1 + part, 1 + SEEDS, PARTS):
        verdict = player.play(seed)
        assert verdict.faults() == [], f"SEED={seed} ./do test tests/simulation -k again -s"
        sums.update(verdict.sums())
    record_property("sums", dict(sums))


def test_a_seed_played_again_is_the_same_history(player: Player) -> None:
    seed = int(os.environ.get("SEED", "3"))
    first = player.play(seed)
    print(*first.play.world.history, sep="\n")
    assert first.faults() == []
    again = player.play(seed)
    assert again.play.world.history == first.play.world.history
    assert again.outbox == first.outbox
