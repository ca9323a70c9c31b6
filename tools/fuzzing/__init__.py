"""The parts of `python tools/fuzz.py`."""
