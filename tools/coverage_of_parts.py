"""Which lines and branches of each part no test comes to, from what `coverage run -m pytest` has recorded.

    python tools/coverage_of_parts.py [PART...]

The parts are those of mutation testing. Exits with 1 if something of a part is not covered.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from coverage import Coverage
from coverage.exceptions import NoDataError
from mutation.parts import PARTS

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = "kmslint"


def main() -> None:
    parser = argparse.ArgumentParser(description="Coverage of lines and branches by part.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help="; ".join(PARTS))
    chosen: list[str] = parser.parse_args().parts or list(PARTS)
    coverage = Coverage(config_file=str(ROOT / "pyproject.toml"))
    coverage.load()
    figures: dict[str, float] = {}
    for name in chosen:
        print(f"\n== {name}")
        paths = [path.relative_to(ROOT).as_posix() for path in PARTS[name].paths(ROOT / PACKAGE)]
        try:
            figures[name] = coverage.report(include=paths)
        except NoDataError as error:
            sys.exit(f"{error} Run `coverage run -m pytest` and `coverage combine` first.")
    print("", *(f"{name:15} {figure:6.2f} %" for name, figure in figures.items()), sep="\n")
    sys.exit(int(any(figure < 100 for figure in figures.values())))


if __name__ == "__main__":
    main()
