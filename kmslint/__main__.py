"""Where the command starts: `kmslint`, and `python -m kmslint`."""

# Nothing else is imported before the first interruption can be told from a failure.
import gc
import os
import sys

_INTERRUPTED = 130


def run() -> None:
    """Run the command on the process's arguments, and exit."""
    try:
        _listen()
        # Nothing of ours makes cycles, and looking for some takes a tenth of the time that one template needs.
        gc.set_threshold(100_000, 50, 50)
        _leave_out_the_working_directory()

        from kmslint.cli import main  # only now: it loads everything else

        main()
    except SystemExit as exit_:
        # Taking the interpreter apart costs more than judging a template; all reports are written by now.
        os._exit(exit_.code if isinstance(exit_.code, int) and _flushed() else 2)
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)
    except Exception:  # noqa: BLE001 - Python would exit with 1 here, which means findings
        try:
            _print_crash()
        finally:
            os._exit(2)


def _listen() -> None:
    """From now on an interruption ends the process at once, wherever it is: a KeyboardInterrupt in the middle of an
    import or of a library's cleaning up would be printed, or lost."""
    import signal

    def stop(_number: int, _frame: object) -> None:
        # Whoever has something that must not stay behind is loaded by then.
        for name, clean_up in (("whole_files", "remove_unfinished"), ("console", "leave_the_line")):
            module = sys.modules.get(f"kmslint.{name}")
            getattr(module, clean_up, lambda: None)()
        os._exit(_INTERRUPTED)

    # A process in the background of a shell is not interrupted.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, stop)


def _leave_out_the_working_directory() -> None:
    """Import nothing from the directory that the run is started in, which may be a stranger's: an empty entry in
    PYTHONPATH stands for it, and `python -m` adds it. It stays if it is where kmslint itself lies."""
    try:
        here = os.getcwd()
    except OSError:
        return
    if os.path.dirname(os.path.dirname(os.path.abspath(__file__))) != here:
        sys.path[:] = [path for path in sys.path if path not in ("", ".", here)]


def _print_crash() -> None:
    """Write the traceback of a bug of ours, for the report on it; its message may hold a stranger's text."""
    from traceback import format_exc

    from kmslint.report.sanitise import safe_text, without_commands

    sys.stderr.write(without_commands("".join(safe_text(line) + "\n" for line in format_exc().split("\n"))))
    sys.stderr.flush()


def _flushed() -> bool:
    """Whether everything that was written has left."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return False
    return True


if __name__ == "__main__":
    # `python -m` puts the working directory first on sys.path, so a `yaml.py` in the scanned tree would
    # run instead of the library: take it off before anything else is imported. (Python 3.11's -P does.)
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    run()
