"""Bytes become text, or are refused at the byte that is none."""

from __future__ import annotations

import codecs

import pytest

from kmslint.errors import InputError
from kmslint.syntax.bytes import decode


@pytest.mark.parametrize(
    "data",
    [
        "é😀\r\n".encode(),
        codecs.BOM_UTF8 + "é😀\r\n".encode(),
        codecs.BOM_UTF16_LE + "é😀\r\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "é😀\r\n".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "é😀\r\n".encode("utf-32-le"),
        codecs.BOM_UTF32_BE + "é😀\r\n".encode("utf-32-be"),
    ],
)
def test_reads_unicode_and_leaves_its_mark_out(data: bytes) -> None:
    source = decode("a/t.yaml", data)
    assert (source.path, source.text) == ("a/t.yaml", "é😀\r\n")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"caf\xe9", "not UTF-8 text: byte 3 does not belong there"),
        (codecs.BOM_UTF8 + b"a\xff", "not UTF-8 text: byte 4 does not belong there"),
        (b"\xed\xa0\x80", "not UTF-8 text: byte 0 does not belong there"),
        (codecs.BOM_UTF16_LE + b"a\x00b", "not UTF-16-LE text: byte 4 does not belong there"),
        ("ab".encode("utf-16-le"), "a NUL character in the text"),
        (b"\0a", "a NUL character in the text"),
    ],
)
def test_refuses_what_is_not_text(data: bytes, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        decode("t.yaml", data)
    assert (caught.value.problem.path, caught.value.problem.reason) == ("t.yaml", reason)


def test_places_a_nul_character() -> None:
    with pytest.raises(InputError) as caught:
        decode("t.tf", b"a\nb\x00\n")
    assert repr(caught.value.problem.at) == "t.tf:2:2-2:3"
