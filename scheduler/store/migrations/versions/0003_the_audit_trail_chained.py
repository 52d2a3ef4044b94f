"""The audit trail: who acted, and each row bound to the one before"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from scheduler.store.audit import START, row_hash
from scheduler.store.schema import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = (("actor", sa.String(64)), ("previous", sa.String(64)), ("hash", sa.String(64)))
    with op.batch_alter_table("audit") as batch:
        for name, kind in columns:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=""))
    with op.batch_alter_table("audit") as batch:
        for name, _ in columns:
            batch.alter_column(name, server_default=None)
    heads = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    _chain(heads)


def _chain(heads: sa.Table) -> None:
    names = ("number", "event", "actor", "previous", "hash")
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in names]
    audit = sa.table("audit", *columns, sa.column("at", Instant), sa.column("detail", sa.JSON))
    connection = op.get_bind()
    number, previous = 0, START
    found = connection.execute(sa.select(audit).order_by(audit.c.number)).mappings().all()
    for number, row in enumerate(found, start=1):
        made = row_hash(number, row["at"], "", row["event"], row["detail"], previous)
        connection.execute(
            sa.update(audit)
            .where(audit.c.number == row["number"])
            .values(number=number, previous=previous, hash=made)
        )
        previous = made
    if found:
        connection.execute(sa.insert(heads), {"id": 1, "number": number, "hash": previous, "signature": ""})
