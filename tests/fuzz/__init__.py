"""Programs by chance: whatever is read ends in a diagnostic or in source that keeps its promises.

`python -m tests.fuzz --bytes N --programs N` tries as many as are wanted; `tests/test_fuzz.py` tries
a few thousand; `python tests/fuzz/bytes.py` lets atheris look for them, if it is installed.
"""
