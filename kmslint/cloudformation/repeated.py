"""Places in a part of a template that stands there several times: the body of `Fn::ForEach`."""

from __future__ import annotations

from kmslint.location import Location, Source


class Repeated(Source):
    """A file, seen from one of the times that a part of it is repeated.

    What is written in one place comes to different values there, and no two of them may be taken for one.
    """

    __slots__ = ("of", "values")

    def __init__(self, source: Source, name: str, value: str) -> None:
        """`name` stands for `value` this time; `source` may be repeated itself."""
        super().__init__(source.path, source.text, source.called_at, source.stack)
        self.of: Source = source.of if isinstance(source, Repeated) else source
        around = source.values if isinstance(source, Repeated) else ()
        self.values: tuple[tuple[str, str], ...] = (*around, (name, value))

    def shown(self, start: int, end: int) -> str:
        return self.of.shown(start, end)

    @property
    def line_starts(self) -> list[int]:
        return self.of.line_starts


def as_written(at: Location) -> Location:
    """The place in the file, whichever time it is."""
    return at._replace(source=at.source.of) if isinstance(at.source, Repeated) else at


def which_time(at: Location, written: str | None = None) -> str:
    """What tells this time from the others: the values of the names that occur in what is written there.

    Without `written`, the values of all names. Empty where nothing is repeated.
    """
    if not isinstance(at.source, Repeated):
        return ""
    return ", ".join(f"{name} = {value}" for name, value in at.source.values if written is None or name in written)
