"""The index by which tickets are found by their words: of the database's own, and filled behind what is written.

It is none of the tables of store/tables: nothing refers to it, and it can be made anew at any time.
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # Words come without accents and with a space between them: nothing else parts them. It keeps no text.
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5(words, content='', detail='none', columnsize=0, tokenize='ascii')"
        )
        return
    op.execute("CREATE TABLE search (entry bigint PRIMARY KEY, words tsvector NOT NULL)")
    op.execute("CREATE INDEX ix_search_words ON search USING gin (words)")
