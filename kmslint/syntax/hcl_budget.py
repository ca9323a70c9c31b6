"""What reading one HCL file may cost."""

from __future__ import annotations

import time

from kmslint import limits


class Budget:
    """What is left of the limits; the readers of one file share it and take from it."""

    __slots__ = ("deadline", "nodes", "second_reader")

    _PARSES = 4
    """So many that take as long as they may spend what all of them may."""
    _SECONDS_A_CHARACTER = 30e-6
    """Of the second reader."""

    def __init__(self) -> None:
        self.deadline = time.process_time() + limits.HCL_SECONDS
        self.nodes = limits.NODES
        self.second_reader = limits.SECOND_READER_CHARACTERS

    def late(self) -> bool:
        return time.process_time() >= self.deadline

    def patience(self) -> float:
        """The moment of the process's own time at which a parse that goes on is given up."""
        return min(self.deadline, time.process_time() + limits.HCL_SECONDS / self._PARSES)

    def second_may(self, characters: int) -> str:
        """Why the second reader may not have so many characters, for a problem's reason; empty if it may."""
        spent = self.spent()
        if spent:
            return spent
        self.second_reader -= characters
        if self.second_reader < 0:
            reason = f"more than {limits.SECOND_READER_CHARACTERS} characters"
            return limits.named(reason, "second-reader-characters")
        if time.process_time() + characters * self._SECONDS_A_CHARACTER > self.deadline:
            return limits.named(f"the file would take more than {limits.HCL_SECONDS} seconds", "hcl-seconds")
        return ""

    def spent(self) -> str:
        """What has run out, for a problem's reason; empty as long as nothing has."""
        if self.nodes <= 0:
            return limits.named(f"the file has more than {limits.NODES} expressions", "nodes")
        if not self.late():
            return ""
        return limits.named(f"the file takes more than {limits.HCL_SECONDS} seconds", "hcl-seconds")
