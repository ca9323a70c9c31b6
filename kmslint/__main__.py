"""`python -m kmslint`: the command, safe to start inside a directory that a stranger wrote."""

import sys

if __name__ == "__main__":
    # `python -m` puts the working directory first on sys.path, so a `yaml.py` in the scanned tree would
    # run instead of the library: take it off before anything else is imported. (Python 3.11's -P does.)
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]

    from kmslint.cli import main

    main()
