"""Arrow and Parquet, an extra: imported here alone, when they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import resources
from .model import Refused


def loaded() -> tuple[Any, Any]:
    """The modules pyarrow and pyarrow.parquet, which have no types; ImportError where they are not installed."""
    # Neither has types, and mypy may run where they are not installed.
    import pyarrow  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from pyarrow import parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return pyarrow, parquet


@contextmanager
def reading(file: str) -> Iterator[tuple[Any, Any]]:
    """Both modules to read a Parquet file with; Refused where they are missing, or it cannot be read as one."""
    try:
        pyarrow, parquet = loaded()
    except ImportError:
        raise Refused(
            "parquet_missing",
            f"{file} is a Parquet table, and pyarrow, which reads those, is not installed.",
            f"Install it ({resources.to_install('parquet')}), or save the table as CSV.",
            file,
        ) from None
    try:
        yield pyarrow, parquet
    except (pyarrow.ArrowException, OSError, ValueError, TypeError, OverflowError, MemoryError):
        raise Refused(
            "parquet_damaged",
            f"{file} begins as a Parquet table and cannot be read as one.",
            "Save the table again and check that copy.",
            file,
        ) from None
