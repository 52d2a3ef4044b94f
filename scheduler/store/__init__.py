"""What is remembered: SQLAlchemy and Alembic live here and nowhere else."""
