"""Files read once more for suppressions, the marks of their statements, and how their bytes are changed."""

from __future__ import annotations

import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest

from kmslint.location import Location, Source
from kmslint.suppression import rewriting, sources
from kmslint.suppression.rewriting import (
    Insertion,
    UnwritableError,
    UnwrittenError,
    inserted,
    own_path,
    read_own,
    replace,
)
from kmslint.suppression.sources import Contents, parse
from kmslint.syntax.tree import DataFile, HclFile


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        *((path, "a = 1\n", HclFile) for path in ("a.tf", "a.tofu", "x.tfvars")),
        *((path, '{"a": 1}', DataFile) for path in ("a.tf.json", "a.tofu.json", "x.tfvars.json", "a.json", "a.yaml")),
        *((path, "a: 1\n", DataFile) for path in ("a.yaml", "a.yml", "a.template", "a.json")),
        *((path, "a: 1\n", None) for path in ("a.tf.json", "x.tfvars.json", "a.txt", "tf", ".json.x")),
        *((path, "a: [\n", None) for path in ("a.yaml", "a.json")),
    ],
)
def test_the_name_says_in_which_language_a_file_is(path: str, text: str, kind: type | None) -> None:
    read = parse(Source(path, text))
    assert type(read) is (kind or type(None))


def digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("a.tf", "x = { a = 1 }\n", "x={a=1}"),
        ("a.tf", "x = { # one\n  a = 1 /* two */\n  b = 2 // three\n}\n", "x={a=1b=2}"),
        ("a.tf", 'x = "# no comment"\n', 'x="#nocomment"'),
        ("a.yaml", "a: 1 # one\nb: '#2' # two\n", "a:1b:'#2'"),
        ("a.yaml", "a: 1 # one", "a:1"),
        ("a.txt", "a: 1 # one", "a:1#one"),
        ("a.yaml", "a: [ # one", "a:[#one"),
        ("a.yaml", "\ud800", "\ud800"),
    ],
)
def test_the_mark_is_of_what_is_said_without_blanks_and_comments(path: str, text: str, said: str) -> None:
    assert Contents().mark(Location(Source(path, text), 0, len(text))) == digest(said)


def test_only_the_comments_of_a_statement_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a file is read once for all its statements, and not for one without a sign of a comment."""
    read: list[str] = []

    def noted(source: Source) -> HclFile | DataFile | None:
        read.append(source.path)
        return parse(source)

    monkeypatch.setattr(sources, "parse", noted)
    text = "a = 1\n# one\nb = 2 # two\n# three\nc = 3 # four\n"
    source, contents = Source("a.tf", text), Contents()
    first, second = text.index("b ="), text.index("c =")
    assert contents.mark(Location(source, 0, 5)) == digest("a=1")
    assert read == []
    assert contents.mark(Location(source, 0, first)) == digest("a=1")
    assert contents.mark(Location(source, first, second)) == digest("b=2")
    assert contents.mark(Location(source, text.index("# three"), len(text))) == digest("c=3")
    assert contents.mark(Location(source, 0, text.index("# three"))) == digest("a=1b=2")
    assert read == ["a.tf"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_what_is_around_an_insertion_stays(mark: str, encoding: str) -> None:
    if not mark and encoding != "utf-8":
        return
    text = "a\r\n\u9375\n\U0001f600"
    new = inserted((mark + text).encode(encoding), text, [Insertion(5, "C"), Insertion(0, "A"), Insertion(3, "B")])
    assert new.decode(encoding) == f"{mark}Aa\r\nB\u9375\nC\U0001f600"
    assert inserted((mark + text).encode(encoding), text, []) == (mark + text).encode(encoding)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        *(
            (f"{before}{name}/a.tf", "it belongs to another program")
            for name in (".git", ".terraform", ".terragrunt-cache", "node_modules", ".GIT")
            for before in ("", "x/")
        ),
        ("../a.tf", "it lies outside of the repository"),
        ("x/../../a.tf", "it lies outside of the repository"),
        ("link/a.tf", "a symbolic link leads to it"),
        ("link.tf", "a symbolic link leads to it"),
        ("a\0", "embedded null"),
    ],
)
def test_what_is_not_the_users_to_change(tmp_path: Path, path: str, reason: str) -> None:
    root = tmp_path / ".git" / "root"
    (root / "x").mkdir(parents=True)
    (root / "link").symlink_to(root / "x")
    (root / "link.tf").symlink_to(root / "a.tf")
    with pytest.raises(UnwritableError, match=reason) as caught:
        own_path(str(root), path)
    assert not isinstance(caught.value, UnwrittenError)
    assert own_path(str(root), "x/./a.tf") == str(root / "x" / "a.tf")


def test_a_file_is_replaced_by_what_it_is_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.tf"
    path.write_bytes(b"old")
    path.chmod(0o640)
    assert read_own(str(tmp_path), "a.tf") == b"old"
    replace(str(tmp_path), "a.tf", b"old", b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)
    with pytest.raises(UnwritableError, match="it has changed in the meantime"):
        replace(str(tmp_path), "a.tf", b"old", b"newer")
    monkeypatch.setattr(os, "access", lambda of, mode: (of, mode) != (str(path), os.W_OK))
    with pytest.raises(UnwritableError, match=r"^it may not be written$"):
        read_own(str(tmp_path), "a.tf")
    assert path.read_bytes() == b"new"


def test_what_the_system_does_not_take_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.tf").write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(UnwrittenError, match="no such file"):
        read_own(str(tmp_path), "b.tf")
    for name in ("replace_whole", "real_path"):
        monkeypatch.setattr(rewriting, name, full)
        with pytest.raises(UnwrittenError, match="no space left on device"):
            replace(str(tmp_path), "a.tf", b"old", b"new")
    assert (tmp_path / "a.tf").read_bytes() == b"old"
