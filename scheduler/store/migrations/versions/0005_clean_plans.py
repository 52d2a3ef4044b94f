"""Plans: whether one was clean when it was made"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plans") as batch:
        batch.add_column(sa.Column("clean", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("plans") as batch:
        batch.alter_column("clean", server_default=None)
