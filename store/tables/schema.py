"""Schema: what all tables are registered with, and which revision of them this program works with."""

from sqlalchemy import MetaData

REVISION = "0045"  # the schema that this program works with: the newest file in migrations/versions

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
