"""How many tickets stand how, kept by the database itself as they change; filled with those that are there."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_KEYS = ("workflow", "status", "open", "ball_with", "merged", "assigned")
_INTO = f"INSERT INTO census ({', '.join(_KEYS)}, tickets)"
# A ticket is never deleted.
_MOVES = {"came": ("INSERT", ["NEW"]), "moved": ("UPDATE", ["OLD", "NEW"])}
_ONE = {"OLD": -1, "NEW": 1}


def upgrade() -> None:
    id_ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "census",
        sa.Column("id", id_, nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("ball_with", sa.Text(), nullable=False),
        sa.Column("merged", sa.Boolean(), nullable=False),
        sa.Column("assigned", sa.Boolean(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census")),
    )
    (_sqlite if op.get_bind().dialect.name == "sqlite" else _postgres)()
    # The triggers are there first: with them nobody writes tickets until this transaction has ended.
    op.execute(" ".join((_INTO, "SELECT", _of("ticket"), ", count(*) FROM ticket GROUP BY 1, 2, 3, 4, 5, 6")))


def _of(row: str) -> str:
    """The keys of a ticket."""
    plain = ", ".join(f"{row}.{name}" for name in ("workflow", "status", "open", "ball_with"))
    return f"{plain}, ({row}.merged_into IS NOT NULL), ({row}.assigned_to <> '')"


def _sqlite() -> None:
    for name, (deed, rows) in _MOVES.items():
        when = f"WHEN ({_of('OLD')}) IS NOT ({_of('NEW')})" if len(rows) > 1 else ""
        new = ", ".join(f"({_of(row)}, {_ONE[row]})" for row in rows)
        op.execute(f"CREATE TRIGGER census_{name} AFTER {deed} ON ticket {when} BEGIN {_INTO} VALUES {new}; END")


def _postgres() -> None:
    for name, (deed, rows) in _MOVES.items():
        when = f"WHEN (({_of('OLD')}) IS DISTINCT FROM ({_of('NEW')}))" if len(rows) > 1 else ""
        new = ", ".join(f"({_of(row)}, {_ONE[row]})" for row in rows)
        op.execute(
            f"CREATE FUNCTION census_{name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {_INTO} VALUES {new}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER census_{name} AFTER {deed} ON ticket FOR EACH ROW {when} EXECUTE FUNCTION census_{name}()"
        )
