"""What holds for all tests."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Look no more at what was collected: it stays to the end, and the collector would go through all of it again and
    again, in time that is counted of a test."""
    gc.collect()
    gc.freeze()
