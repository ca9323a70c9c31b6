"""Reports on their way out: whole or not at all, and never with a traceback."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kmslint.errors import UsageError
from kmslint.report.write import print_text, write
from shut_directories import shut

REAL_OPEN = open
PRINT = "import sys; from kmslint.report.write import print_text; sys.exit(0 if print_text('鍵 x\\n' * {n}) else 7)"


def test_a_report_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("old")
    write("鍵\n\ud800", str(report))
    assert report.read_bytes() == "鍵\n".encode() + b"\\ud800"
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_report_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("new", "report.json")
    assert Path("report.json").read_text() == "new"


def test_a_new_report_may_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write("", str(tmp_path / "report"))
    finally:
        os.umask(before)
    assert (tmp_path / "report").stat().st_mode & 0o777 == 0o644


def test_a_link_is_replaced_and_what_it_points_to_is_not(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("victim")
    (tmp_path / "report").symlink_to("victim")
    write("report", str(tmp_path / "report"))
    assert (tmp_path / "victim").read_text() == "victim"
    assert not (tmp_path / "report").is_symlink()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing/report", "the report missing/report cannot be written: No such file or directory"),
        (".", "the report . cannot be written: Is a directory"),
        ("a\0b", r"the report a\x00b cannot be written: a path holds no null character"),
        ("n" * 300, "File name too long"),
        ("\x1b[2J/x", r"the report \x1b[2J/x cannot be written"),
    ],
)
def test_a_path_that_cannot_be(path: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as raised:
        write("x", path)
    assert reason in str(raised.value)
    assert os.listdir(tmp_path) == []


def test_where_nobody_may_look_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there may be a device, which is written to, or a file, which is replaced."""
    shut(tmp_path / "shut", monkeypatch)
    path = str(tmp_path / "shut" / "report")
    with pytest.raises(UsageError) as raised:
        write("x", path)
    assert str(raised.value) == f"the report {path} cannot be written: Permission denied"
    assert os.listdir(tmp_path / "shut") == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has /dev/full")
def test_a_device_is_written_to_and_stays_a_device(tmp_path: Path) -> None:
    """By a link of the test's own: were it replaced, root would lose no device of the machine."""
    for name in ("null", "full"):
        (tmp_path / name).symlink_to(f"/dev/{name}")
    write("x", str(tmp_path / "null"))
    with pytest.raises(UsageError, match="No space left on device"):
        write("x", str(tmp_path / "full"))
    assert [os.readlink(tmp_path / name) for name in ("null", "full")] == ["/dev/null", "/dev/full"]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc/self/fd")
@pytest.mark.parametrize("directory", ["/dev/fd", "/proc/self/fd"])
def test_what_the_caller_has_opened_is_written_to_and_not_replaced(tmp_path: Path, directory: str) -> None:
    with open(tmp_path / "report", "w+", encoding="utf-8") as opened:
        write("through\ud800", f"{directory}/{opened.fileno()}")
        assert opened.read() == "through\\ud800"
    assert os.listdir(tmp_path) == ["report"]


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        write("through", str(pipe))
        assert reader.communicate()[0] == b"through"
    assert pipe.is_fifo()


class Fault:
    """Makes the nth call that the writer makes fail, as on a full disk."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
        self.left = nth
        monkeypatch.setattr(os, "fsync", self.failing(os.fsync))
        monkeypatch.setattr(os, "replace", self.failing(os.replace))
        monkeypatch.setattr("builtins.open", self.failing(self.opened))

    def opened(self, *arguments: Any, **options: Any) -> object:
        stream = REAL_OPEN(*arguments, **options)
        for name in ("write", "flush", "close"):
            setattr(stream, name, self.failing(getattr(stream, name)))
        return stream

    def failing(self, function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            self.left -= 1
            if self.left == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return function(*arguments, **options)

        return call


def complaint_of(text: str, path: str) -> str:
    try:
        write(text, path)
    except UsageError as error:
        return str(error)
    return ""


def test_whichever_call_fails_the_old_report_stays(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.write_text("old")
    failures = 0
    while True:
        with pytest.MonkeyPatch.context() as monkeypatch:
            Fault(monkeypatch, failures + 1)
            complaint = complaint_of("new", str(report))
        if not complaint:
            break
        failures += 1
        assert complaint.endswith("cannot be written: No space left on device")
        assert report.read_text() == "old"
        assert os.listdir(tmp_path) == ["report"]
    assert report.read_text() == "new"
    assert failures >= 6, "open, write, flush, fsync, close, replace"


def test_a_file_system_that_fills_up_half_way(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("old")
    code = (
        "import resource\nfrom kmslint.errors import UsageError\nfrom kmslint.report.write import write\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        f"try: write('x' * 100_000, {str(tmp_path / 'report')!r})\nexcept UsageError as error: print(error)"
    )
    assert run(code).stdout.strip().endswith(b"cannot be written: File too large")
    assert (tmp_path / "report").read_text() == "old"
    assert os.listdir(tmp_path) == ["report"]


def test_an_interrupt_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write("x", str(tmp_path / "report"))
    assert os.listdir(tmp_path) == []


def run(code: str, stdout: int | None = subprocess.PIPE, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    return subprocess.run(
        [sys.executable, "-c", code], stdout=stdout, stderr=subprocess.PIPE, env=environment, check=False
    )


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "鍵 x".encode()), ("ascii", b"\\u9375 x"), ("latin-1", b"\\u9375 x"), ("utf-8:strict", "鍵 x".encode())],
)
def test_an_encoding_without_the_character(encoding: str, shown: bytes) -> None:
    result = run(PRINT.format(n=1), encoding=encoding)
    assert (result.returncode, result.stdout.strip(), result.stderr) == (0, shown, b"")


def test_a_reader_that_has_gone_away_is_told_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    result = run(PRINT.format(n=100_000), stdout=writing)
    os.close(writing)
    assert (result.returncode, result.stderr) == (7, b"")


def test_what_a_reader_that_has_gone_away_did_not_take_is_never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    monkeypatch.setattr(sys, "stdout", os.fdopen(writing, "w", encoding="ascii"))
    assert not print_text("鍵 x\n")
    sys.stdout.close()  # which writes what is left in the buffer, as Python does when it ends


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has /dev/full")
def test_a_full_device_is_a_usage_error() -> None:
    code = (
        "from kmslint.report.write import print_text\nfrom kmslint.errors import UsageError\n"
        "try: print_text('x')\nexcept UsageError as error: raise SystemExit(str(error))"
    )
    with open("/dev/full", "wb") as full:
        result = run(code, stdout=full.fileno())
    assert result.stderr.strip() == b"standard output cannot be written: [Errno 28] No space left on device"


def test_a_stream_that_is_closed_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open(tmp_path / "out", "w", encoding="utf-8") as closed:
        pass
    monkeypatch.setattr(sys, "stdout", closed)
    with pytest.raises(UsageError, match="standard output cannot be written"):
        print_text("x")


class Full(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_stream_that_is_no_file_and_full_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(UsageError, match="standard output cannot be written"):
        print_text("x")


def test_closed_standard_output_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(UsageError, match="standard output is closed"):
        print_text("x")


def test_a_stream_that_is_no_file_takes_it_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert print_text("鍵\n")
    assert stream.getvalue() == "鍵\n"
