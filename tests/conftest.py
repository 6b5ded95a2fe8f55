"""What is collected as tests: expected outputs are not. How far properties are tried: the same
programs in each run, so that a change is what breaks it; `HYPOTHESIS_PROFILE=explore` tries others.
"""

import os

from hypothesis import settings

collect_ignore_glob = ["cases/*", "reference/*.nd"]

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
