"""Changes to bytes: flips, cuts, copies, tokens, lines, encodings and nesting."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Final

from fuzzing.tokens import ACTIONS, BYTES, CONDITION_KEYS, INTRINSICS, OPERATORS, PRINCIPALS, WORDS

Mutation = Callable[[Random, bytes, bytes], bytes]
"""From random numbers, a text and another one to a mutant of the first."""

MOST: Final = 200_000
"""Bytes of a mutant: larger ones are a matter of the bounds, which have tests of their own."""
_STRETCH: Final = (1, 1, 2, 4, 8, 16, 64, 256)
_NUMBER: Final = re.compile(rb"\d+")
_NUMBERS: Final = (b"0", b"-1", b"1e9", b"012", b"0x10", b"99999999999999999999", b"1.5", b"", b"1e-400", b"\xd9\xa3")
_QUOTED: Final = re.compile(rb'"[^"\n]{0,100}"')
_TEXTS: Final = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (*ACTIONS, *PRINCIPALS, *OPERATORS, *CONDITION_KEYS, *WORDS, *INTRINSICS)
)
_LETTERS: Final = re.compile(rb"[A-Za-z]{3,}")


def _flip(random: Random, data: bytes, _: bytes) -> bytes:
    changed = bytearray(data)
    for __ in range(random.choice((1, 1, 2, 5))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _byte(random: Random, data: bytes, _: bytes) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + bytes([random.randrange(256)]) + data[at + random.randrange(2) :]


def _delete(random: Random, data: bytes, _: bytes) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.choice(_STRETCH) :]


def _duplicate(random: Random, data: bytes, _: bytes) -> bytes:
    at = random.randrange(len(data))
    end = at + random.choice(_STRETCH)
    return data[:end] + data[at:end] * random.choice((1, 1, 2, 10)) + data[end:]


def _splice(random: Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one, and the end of the other."""
    return data[: random.randrange(len(data))] + other[random.randrange(len(other)) :]


def _graft(random: Random, data: bytes, other: bytes) -> bytes:
    """Some lines of the other one in the midst."""
    lines, others = data.splitlines(keepends=True), other.splitlines(keepends=True)
    at, start = random.randrange(len(lines)), random.randrange(len(others))
    lines[at : at + random.randrange(3)] = others[start : start + random.choice((1, 2, 5, 15))]
    return b"".join(lines)


def _token(random: Random, data: bytes, _: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(BYTES) + data[at + random.choice((0, 0, 1, 3)) :]


def _line(random: Random, data: bytes, _: bytes) -> bytes:
    """A line that is gone, stands elsewhere, is there twice, or is indented otherwise."""
    lines = data.splitlines(keepends=True)
    at, to = random.randrange(len(lines)), random.randrange(len(lines))
    line = lines[at]
    way = random.randrange(5)
    if way == 0:
        del lines[at]
    elif way == 1:
        lines.insert(to, lines.pop(at))
    elif way == 2:
        lines.insert(to, line)
    elif way == 3:
        lines[at] = b" " * random.choice((1, 2, 4)) + line if random.random() < 0.5 else line.lstrip(b" ")
    else:
        lines[at], lines[to] = lines[to], lines[at]
    return b"".join(lines)


def _cut(random: Random, data: bytes, _: bytes) -> bytes:
    return data[: random.randrange(1, len(data) + 1)]


def _repeat(random: Random, data: bytes, _: bytes) -> bytes:
    at = random.randrange(len(data))
    end = at + random.choice(_STRETCH)
    times = random.choice((10, 50, 200)) if random.random() < 0.9 else 2000
    return (data[:end] + data[at:end] * times + data[end:])[:MOST]


def _number(random: Random, data: bytes, _: bytes) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    match = random.choice(found)
    return data[: match.start()] + random.choice(_NUMBERS) + data[match.end() :]


def _quoted(random: Random, data: bytes, _: bytes) -> bytes:
    """Another text between quotes: the commonest change that is not a mistake of form."""
    found = list(_QUOTED.finditer(data))
    if not found:
        return _token(random, data, data)
    match = random.choice(found)
    text = random.choice(found).group()[1:-1] if random.random() < 0.4 else random.choice(_TEXTS)
    return data[: match.start() + 1] + text + data[match.end() - 1 :]


def _word(random: Random, data: bytes, other: bytes) -> bytes:
    """A word in the place of another, both of which stand somewhere."""
    found, more = list(_LETTERS.finditer(data)), _LETTERS.findall(other) or [b"x"]
    if not found:
        return data
    match = random.choice(found)
    return (
        data[: match.start()] + random.choice((random.choice(found).group(), random.choice(more))) + data[match.end() :]
    )


def _encode(random: Random, data: bytes, _: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: b"\xef\xbb\xbf" + data,
        lambda: text.encode("utf-16"),
        lambda: text.encode("utf-16-be"),
        lambda: data.replace(b"\n", b"\r\n"),
        lambda: data.replace(b"\n", b"\r"),
        lambda: data.replace(b"    ", b"\t"),
        lambda: text.encode("latin-1", "replace"),
        lambda: data.replace(b"\n", random.choice((b"\xc2\x85", b"\xe2\x80\xa8", b"\0")), 1),
    )
    return random.choice(ways)()


def _escape(random: Random, data: bytes, _: bytes) -> bytes:
    """A letter of a quoted text as an escape."""
    found = list(_QUOTED.finditer(data))
    if not found:
        return data
    match = random.choice(found)
    if match.end() - match.start() < 3:
        return data
    at = random.randrange(match.start() + 1, match.end() - 1)
    form = random.choice((b"\\u%04x", b"\\x%02x", b"\\U%08x", b"\\u%02x"))
    return data[:at] + form % data[at] + data[at + 1 :]


def _nest(random: Random, data: bytes, _: bytes) -> bytes:
    """Brackets around a stretch."""
    at = random.randrange(len(data))
    end = min(at + random.choice(_STRETCH), len(data))
    opening, closing = random.choice(
        ((b"[", b"]"), (b"(", b")"), (b"{", b"}"), (b'{"a": ', b"}"), (b"${", b"}"), (b"!Sub ", b""))
    )
    depth = random.choice((1, 1, 2, 20, 105, 300))
    return data[:at] + opening * depth + data[at:end] + closing * depth + data[end:]


MUTATIONS: Final[tuple[tuple[Mutation, int], ...]] = (
    *(
        (_quoted, 8),
        (_word, 6),
        (_line, 6),
        (_token, 5),
        (_delete, 4),
        (_byte, 3),
        (_flip, 3),
        (_graft, 4),
        (_splice, 2),
    ),
    *((_duplicate, 2), (_cut, 2), (_number, 2), (_escape, 2), (_nest, 2), (_repeat, 1), (_encode, 1)),
)
_WAYS: Final = tuple(mutation for mutation, _ in MUTATIONS)
_WEIGHTS: Final = tuple(weight for _, weight in MUTATIONS)


def mutated(random: Random, data: bytes, other: bytes, keep: tuple[bytes, ...] = ()) -> tuple[bytes, str]:
    """A mutant, and what was done. What rules it out is mostly undone: one of `keep` stands in it if one did before."""
    done = []
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5))):
        way = random.choices(_WAYS, _WEIGHTS)[0]
        mutant = way(random, data, other)[:MOST] if data else data
        kept = [marker for marker in keep if marker in data]
        if kept and not any(marker in mutant for marker in kept) and random.random() < 0.9:
            continue
        data = mutant
        done.append(way.__name__.strip("_"))
    return data, "+".join(done)
