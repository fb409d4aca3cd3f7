"""Every table is known to hold a person's words, or nobody's: a new one cannot be forgotten when somebody is erased."""

from store.personal import NOBODYS, places
from store.tables import metadata


def test_every_table_is_a_persons_or_nobodys() -> None:
    theirs = set(places(["ada@client.example"]))
    assert theirs | NOBODYS == set(metadata.tables.values())
    assert not theirs & NOBODYS
