"""The ledger: contacts that say who told us and what they correct, and marks"""

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("contacts") as batch:
        batch.add_column(sa.Column("id", sa.String(64), nullable=True))
        batch.add_column(sa.Column("place", sa.String(16), nullable=True))
        for name, kind in (("source", sa.Text()), ("recorded_by", sa.String(64))):
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        batch.add_column(sa.Column("recorded_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("revokes", sa.String(64), nullable=True))
        batch.add_column(sa.Column("void", sa.Boolean(), nullable=False, server_default=sa.false()))
    _name_contacts()
    with op.batch_alter_table("contacts") as batch:
        batch.alter_column("id", existing_type=sa.String(64), nullable=False)
        for name in ("source", "recorded_by", "void"):
            batch.alter_column(name, server_default=None)
        batch.create_unique_constraint("uq_contacts_id", ["id"])
    op.create_table(
        "marks",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("customer", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_marks"),
        sa.UniqueConstraint("id", name="uq_marks_id"),
    )


def _name_contacts() -> None:
    columns: list[sa.ColumnClause[Any]] = [sa.column("number"), sa.column("id")]
    contacts = sa.table("contacts", *columns)
    connection = op.get_bind()
    numbers = connection.execute(sa.select(contacts.c.number)).scalars().all()
    if numbers:
        connection.execute(
            sa.update(contacts).where(contacts.c.number == sa.bindparam("_n")),
            [{"_n": number, "id": uuid.uuid4().hex} for number in numbers],
        )
