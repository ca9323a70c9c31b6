"""The commands beside linting, called as `kmslint` calls them."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from kmslint import cli


class Run(NamedTuple):
    """What one call came to."""

    code: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Run:
    with pytest.raises(SystemExit) as caught:
        cli.main(list(arguments))
    captured = capsys.readouterr()
    assert isinstance(caught.value.code, int)
    return Run(caught.value.code, captured.out, captured.err)
