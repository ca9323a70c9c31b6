"""Where the command starts: `kmslint`, and `python -m kmslint`."""

import gc
import os
import sys


def run() -> None:
    """Run the command on the process's arguments, and exit."""
    # Nothing of ours makes cycles, and looking for some takes a tenth of the time that one template needs.
    gc.set_threshold(100_000, 50, 50)

    from kmslint.cli import main  # only now: it loads everything else

    try:
        main()
    except SystemExit as exit_:
        # Taking the interpreter apart costs more than judging a template; all reports are written by now.
        os._exit(exit_.code if isinstance(exit_.code, int) and _flushed() else 2)
    except Exception:  # noqa: BLE001 - Python would exit with 1 here, which means findings
        try:
            _print_crash()
        finally:
            os._exit(2)


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
