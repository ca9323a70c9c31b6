"""The two fingerprints of a finding: GitHub's hash of a line, and our own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmslint.engine.fingerprint import line_hashes, own_fingerprints
from kmslint.location import Location, Source
from reports import APP, TWO_HALVES

# What GitHub's own code, which computes the hashes of an upload that has none, gives for these texts.
GITHUB_HASHES = [
    pytest.param("", ["c129715d7a2bc9a3:1"], id="an empty file"),
    pytest.param("Resources: {}", ["cee9c6f5b088bbc4:1"], id="no line end"),
    pytest.param(
        "a:\r\n  b: [c]\r \n\r\nd\r",
        [
            "1a30cacad8bd01d7:1",
            "27159464c2abb346:1",
            "dfc24aa8acb07b6d:1",
            "5ef4a45af6614457:1",
            "c13b9b1f9cee4e29:1",
            "c129715d7a2bc9a3:1",
        ],
        id="every line end",
    ),
    pytest.param(
        "Description: 鍵を使う 😀\n\tKey: x\n",
        ["9f6bb3db71a3e3d:1", "d39b9e3abcf5a950:1", "c129715d7a2bc9a3:1"],
        id="wide characters and a surrogate pair",
    ),
    pytest.param(
        "- kms:*\n- kms:*\n" + "#" * 250 + "\n- kms:*\n- kms:*\n",
        [
            "2843b6031af0a02a:1",
            "924be9ea419ddd1d:1",
            "6d74e740953f9c74:1",
            "c9ba8acde0f57d5f:1",
            "89843ae65c0dcad:1",
            "c129715d7a2bc9a3:1",
        ],
        id="a line longer than the window",
    ),
    pytest.param(" \t \n\n", ["5b5d4caf73a13177:1", "3c5bef55b72b93c9:1", "c129715d7a2bc9a3:1"], id="blanks only"),
]


def described_hashes(text: str) -> Iterator[str]:
    """The same hashes by the description of them, one character and one window at a time."""
    units: list[int] = []
    after_return = False
    for character in text:
        kept = character not in " \t" and not (after_return and character == "\n")
        after_return = character == "\r"
        if kept:
            encoded = ("\n" if after_return else character).encode("utf-16-be")
            units += [encoded[place] << 8 | encoded[place + 1] for place in range(0, len(encoded), 2)]
    starts = [0] + [place + 1 for place, unit in enumerate(units) if unit == 10]
    units += [0xFFFF] + [0] * 99
    seen: Counter[int] = Counter()
    for start in starts:
        value = 0
        for unit in units[start : start + 100]:
            value = (value * 37 + unit) % 2**64
        seen[value] += 1
        yield f"{value:x}:{seen[value]}"


@pytest.mark.parametrize(("text", "hashes"), GITHUB_HASHES)
def test_line_hashes_are_those_of_github(text: str, hashes: list[str]) -> None:
    assert list(line_hashes(text)) == hashes


@given(st.text(alphabet="ab \t\r\n\x00鍵é😀", max_size=400))
def test_line_hashes_follow_the_description(text: str) -> None:
    assert list(line_hashes(text)) == list(described_hashes(text))


@given(st.text(alphabet="a \t\r\n", max_size=60))
def test_there_is_a_hash_for_every_line(text: str) -> None:
    assert len(line_hashes(text)) == len(Source("x", text).line_starts)


def test_equal_lines_are_numbered() -> None:
    assert [each.split(":")[1] for each in line_hashes(("x" * 120 + "\n") * 3)] == ["1", "2", "3", "1"]


def test_a_move_leaves_our_fingerprint_alone() -> None:
    moved = Source(APP.path, f"# one more line\n{APP.text}")
    start = moved.text.index("kms:Decrypt")
    there = TWO_HALVES._replace(at=Location(moved, start, start + 11), message="said better", related=())
    assert own_fingerprints([there]) == own_fingerprints([TWO_HALVES])


@pytest.mark.parametrize(
    "other",
    [
        TWO_HALVES._replace(rule_id="KMS304"),
        TWO_HALVES._replace(resource="Dev2"),
        TWO_HALVES._replace(subject="kms:Encrypt"),
        TWO_HALVES._replace(at=Location(Source("other.yaml", APP.text), 0, 1)),
        TWO_HALVES._replace(resource="Devk", subject=TWO_HALVES.subject[1:]),
    ],
    ids=["rule", "resource", "subject", "path", "the border between two of them"],
)
def test_what_makes_a_finding_another(other: object) -> None:
    assert isinstance(other, type(TWO_HALVES))
    first, second = own_fingerprints([TWO_HALVES, other])
    assert first != second
    assert (first[-2:], second[-2:]) == (":1", ":1")


def test_findings_alike_are_numbered_in_their_order() -> None:
    first, second, third = own_fingerprints([TWO_HALVES] * 3)
    assert first.endswith(":1")
    assert (second, third) == (first[:-1] + "2", first[:-1] + "3")
