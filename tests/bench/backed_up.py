"""What an import does in a second, and what a backup costs the intake of mail beside it."""

import mailbox
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread

from tests.walk.lab import Lab


def archive(folder: Path, raws: Sequence[bytes]) -> Path:
    """An mbox of them."""
    path = folder / "archive.mbox"
    with closing(mailbox.mbox(path)) as box:
        for raw in raws:
            box.add(raw)
    return path


@contextmanager
def backing_up(lab: Lab) -> Iterator[list[Path]]:
    """One backup after the other until the block has ended; the list grows by each that is whole."""
    done: list[Path] = []
    ended = Event()

    def work() -> None:
        for number in count():
            path = lab.folder / f"{number}.backup"
            lab.do("backup", str(path))
            done.append(path)
            path.unlink()
            if ended.is_set():
                return

    thread = Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        ended.set()
        thread.join()
