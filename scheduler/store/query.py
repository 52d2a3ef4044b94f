"""A SELECT against the bank's own database, as a table of text for intake."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from scheduler.model.findings import DoorstepError
from scheduler.store.engine import make_engine

_SELECT = re.compile(r"\s*(select|with)\b", re.IGNORECASE)


def read_sql(url: str, query: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Column names and rows of one SELECT. The transaction is rolled back whatever the query does.

    Raises DoorstepError without the URL or the query, either of which may hold a secret.
    """
    if not _SELECT.match(query) or ";" in query.rstrip().rstrip(";"):
        raise DoorstepError("The query is not one SELECT", mend='Write --sql "select ... from ..."')
    engine = make_engine(url, create=False)
    try:
        with engine.connect() as connection:
            result = connection.execute(text(query.replace(":", r"\:")))
            return tuple(result.keys()), [tuple(row) for row in result]
    except SQLAlchemyError as error:
        what = type(getattr(error, "orig", None) or error).__name__
        raise DoorstepError(
            f"The query failed ({what})", mend="Try it in the database's own client."
        ) from None
    finally:
        engine.dispose()
