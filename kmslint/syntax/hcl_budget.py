"""What reading one HCL file may cost."""

from __future__ import annotations

import time

from kmslint import limits


class Budget:
    """What is left of the limits; the readers of one file share it and take from it."""

    __slots__ = ("deadline", "nodes", "second_reader")

    def __init__(self) -> None:
        self.deadline = time.process_time() + limits.HCL_SECONDS
        self.nodes = limits.NODES
        self.second_reader = limits.SECOND_READER_CHARACTERS

    def late(self) -> bool:
        return time.process_time() >= self.deadline

    def spent(self) -> str:
        """What has run out, for a problem's reason; empty as long as nothing has."""
        if self.nodes <= 0:
            return f"the file has more than {limits.NODES} expressions"
        return f"the file takes more than {limits.HCL_SECONDS} seconds" if self.late() else ""
