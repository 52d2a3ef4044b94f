"""Contacts: which recording was made of one"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("contacts") as batch:
        batch.add_column(sa.Column("recording", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("contacts") as batch:
        batch.alter_column("recording", server_default=None)
