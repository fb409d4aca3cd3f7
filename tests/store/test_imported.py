"""Mail of before in the ledger: each once, whoever imports at the same time."""

from datetime import UTC, datetime
from threading import Barrier, Thread

from sqlalchemy import select

from store import imported
from store.database import Database
from store.tables import mail

NOW = datetime(2026, 12, 2, 12, 0, tzinfo=UTC)


def test_two_imports_at_once_keep_each_mail_once_under_a_number_of_its_own(database: Database) -> None:
    kept: list[int] = []
    together = Barrier(2)

    def take(own: bytes) -> None:
        for number in range(5):
            together.wait(60)
            with database.write() as tx:
                both = [(b"Subject: %d\n\nboth" % number, NOW), (b"Subject: %d\n\n" % number + own, NOW)]
                kept.append(imported.keep(tx, "support", both, NOW))

    threads = [Thread(target=take, args=(own,)) for own in (b"one", b"other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with database.read() as tx:
        uids = list(tx.execute(select(mail.c.uid).order_by(mail.c.uid)).scalars())
    assert (sum(kept), uids) == (15, list(range(1, 16)))
