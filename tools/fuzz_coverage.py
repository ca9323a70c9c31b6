"""Inputs that coverage leads: atheris changes bytes, and keeps what reaches code that nothing has reached before.

    pip install -e . atheris     (it is no dependency: wheels for CPython 3.11 to 3.13 on Linux)
    python tools/fuzz_coverage.py TARGET DIR [-max_total_time=600] [-max_len=4096] [other options of libFuzzer]

TARGET is one of: yaml, json, hcl, toml, text, policy, template, module. DIR keeps what is found from run to run; where
it is empty, the fixtures are put into it first. What breaks kmslint is written beside it as crash-*, and ends the run.
A reader may raise InputError and nothing else, and every place of a tree lies inside the text.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import atheris

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

with atheris.instrument_imports(include=["kmslint"]):
    from kmslint.errors import InputError
    from kmslint.location import Location, Source
    from kmslint.model.policy_text import decode_json
    from kmslint.syntax.bytes import decode
    from kmslint.syntax.hcl import read_hcl
    from kmslint.syntax.json import read_json
    from kmslint.syntax.toml import read_toml
    from kmslint.syntax.yaml import read_yaml
    from kmslint.values import text

from fuzzing.inputs import File, Input  # noqa: E402
from fuzzing.sources import pool  # noqa: E402

Reader = Callable[[Source], object]
TIMEOUT: Final = 20
"""Seconds by the clock that one input may take: more than it should, for other programs may run beside it."""
MEMORY: Final = 1000
"""Megabytes of the process."""
_PLACED: Final = 20_000
"""Nodes whose places are looked at."""


def reading(name: str, read: Reader) -> Callable[[bytes], None]:
    """A target that hands a text to a reader."""

    def target(data: bytes) -> None:
        try:
            source = decode(name, data)
            found = read(source)
        except InputError as error:
            if error.problem.at is not None:
                check_places(error.problem.at)
            return
        check_places(found)

    return target


def check_places(tree: object) -> None:
    """That every place in a tree lies inside its text."""
    pending, seen = [tree], 0
    while pending and seen < _PLACED:
        node = pending.pop()
        seen += 1
        if isinstance(node, Location):
            assert 0 <= node.start <= node.end <= len(node.source.text), node
        elif isinstance(node, tuple):
            pending += node


def read_policy_text(source: Source) -> object:
    """A policy in a text, as a heredoc has it."""
    return decode_json(text(source.text, Location(source, 0, len(source.text))))


def linting(name: str, before: bytes = b"", after: bytes = b"") -> Callable[[bytes], None]:
    """A target that lints a text, and holds it against all that must hold."""
    with atheris.instrument_imports(include=["kmslint"]):  # takes a while: the readers need no rules
        from fuzzing.judging import judged

        from kmslint.engine.registry import all_rules

        all_rules()

    def target(data: bytes) -> None:
        found = judged(Input(name, "", (File(name, before + data + after),)), 3)
        assert not found.wrong, found.wrong

    return target


_POLICY: Final = b'{"Resources": {"K": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": '
TARGETS: Final[dict[str, tuple[Callable[[], Callable[[bytes], None]], tuple[str, ...]]]] = {
    "yaml": (lambda: reading("a.yaml", read_yaml), (".yaml", ".yml")),
    "json": (lambda: reading("a.json", read_json), (".json",)),
    "hcl": (lambda: reading("a.tf", read_hcl), (".tf",)),
    "toml": (lambda: reading("a.toml", read_toml), (".toml",)),
    "text": (lambda: reading("a.tf", read_policy_text), (".json",)),
    "policy": (lambda: linting("a.json", _POLICY, b"}}}}"), ()),
    "template": (lambda: linting("a.yaml"), (".yaml", ".json")),
    "module": (lambda: linting("a.tf"), (".tf",)),
}
"""What is done with an input, and the fixtures that are the first ones."""


def seed(directory: Path, endings: tuple[str, ...]) -> None:
    """The first inputs, where there are none."""
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        return
    (directory / "empty").write_bytes(
        b'{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}}'
    )
    for number, file in enumerate(pool().small):
        if file.path.endswith(endings):
            (directory / str(number)).write_bytes(file.data)


def main() -> None:
    if len(sys.argv) < 3 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(TARGETS)} DIR [options of libFuzzer]")
    target, endings = TARGETS[sys.argv[1]]
    directory = Path(sys.argv[2])
    read_hcl(Source("a.tf", "a = = 1\n"))  # the second reader makes its tables, which takes a second
    seed(directory, endings)
    limits = (f"-timeout={TIMEOUT}", f"-rss_limit_mb={MEMORY}", f"-artifact_prefix={directory.parent}/")
    atheris.Setup([sys.argv[0], *limits, *sys.argv[3:], str(directory)], target())
    atheris.Fuzz()


if __name__ == "__main__":
    main()
