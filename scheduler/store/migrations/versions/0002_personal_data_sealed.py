"""Columns for sealed personal data: positions and flags as text, hashes to search by, what geocoding remembers"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PLACES = (("cases", ""), ("agents", "start_"), ("agents", "end_"))


def upgrade() -> None:
    for table, prefix in _PLACES:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(f"{prefix}position", sa.Text(), nullable=False, server_default=""))
        _positions(table, prefix)
        with op.batch_alter_table(table) as batch:
            batch.drop_column(f"{prefix}lat")
            batch.drop_column(f"{prefix}lon")
            batch.alter_column(f"{prefix}position", server_default=None)
    with op.batch_alter_table("cases") as batch:
        for name in ("name_hash", "phone_hash"):
            batch.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch.alter_column("flags", type_=sa.Text(), existing_type=sa.JSON(), postgresql_using="flags::text")
    with op.batch_alter_table("cases") as batch:
        for name in ("name_hash", "phone_hash"):
            batch.alter_column(name, server_default=None)
            batch.create_index(f"ix_cases_{name}", [name])
    _hashes()
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
    )
    op.create_index("ix_corrections_address_hash", "corrections", ["address_hash"])
    op.create_table(
        "answers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
    )
    op.create_index("ix_answers_address_hash", "answers", ["address_hash"])
    op.create_table(
        "encryption",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_encryption"),
    )


def _positions(table: str, prefix: str) -> None:
    columns: list[sa.ColumnClause[Any]] = [
        sa.column(f"{prefix}{name}") for name in ("lat", "lon", "position")
    ]
    lat, lon, position = columns
    places = sa.table(table, sa.column("id"), lat, lon, position)
    connection = op.get_bind()
    found = connection.execute(sa.select(places.c.id, lat, lon).where(lat.is_not(None))).all()
    statement = sa.update(places).where(places.c.id == sa.bindparam("_id"))
    values = [{"_id": ident, position.name: f"{y!r} {x!r}"} for ident, y, x in found]
    if values:
        connection.execute(statement, values)


def _hashes() -> None:
    """No workspace is encrypted yet: what is searched by is the plain text."""
    from scheduler.store.vault import HASHED

    columns = HASHED["cases"]
    names: list[sa.ColumnClause[Any]] = [sa.column(name) for name in columns]
    hashes: list[sa.ColumnClause[Any]] = [sa.column(hashed) for hashed, _ in columns.values()]
    cases = sa.table("cases", sa.column("id"), *names, *hashes)
    connection = op.get_bind()
    values = [
        {"_id": row[0]}
        | {hashed: plain(text) for (hashed, plain), text in zip(columns.values(), row[1:], strict=True)}
        for row in connection.execute(sa.select(cases.c.id, *names))
    ]
    if values:
        connection.execute(sa.update(cases).where(cases.c.id == sa.bindparam("_id")), values)
