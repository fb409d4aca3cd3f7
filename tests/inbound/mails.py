"""The odd mails, by their reasons; and the private corpus, where it is."""

import os
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
HOSTILE = HERE.parents[1] / "mails" / "hostile"
CORPUS = Path(os.environ.get("POSTROOM_CORPUS") or HERE.parents[3] / "shared" / "corpus")


def hostile(reason: str) -> bytes:
    return (HOSTILE / f"{reason}.eml").read_bytes()


def all_hostile() -> list[bytes]:
    return [path.read_bytes() for path in sorted(HOSTILE.glob("*.eml"))]


def corpus() -> list[tuple[str, bytes]]:
    if not CORPUS.is_dir():
        pytest.skip("corpus: the private mails are not here (POSTROOM_CORPUS)")
    return [(str(path.relative_to(CORPUS)), path.read_bytes()) for path in sorted(CORPUS.glob("*/*.eml"))]
