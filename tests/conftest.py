"""What is collected as tests: expected outputs are not, and what needs atheris is not. How far
properties are tried: the same programs in each run, so that a change is what breaks it;
`HYPOTHESIS_PROFILE=explore` tries others.
What is marked `full` is left to a run that asks for it: `-m full`.
Nothing that another run worked out is taken from the user's cache.
"""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.tricky", "tests.parity")

collect_ignore_glob = ["cases/*", "reference/*.nd", "fuzz/bytes.py"]

# A shell ignores interrupts of what it runs in the background, and so would all that tests run.
signal.signal(signal.SIGINT, signal.default_int_handler)

os.environ["NETDSL_CACHE"] = ""  # what a test compiles is compiled

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("full") and "full" not in item.config.option.markexpr:
        pytest.skip("in its full size: run with `-m full`")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    return tmp_path
