"""Hypothesis as these tests want it: no timed assertions, the same examples in every CI run."""

import os

from hypothesis import settings

settings.register_profile("rules", deadline=None, max_examples=100, derandomize="CI" in os.environ, database=None)
settings.load_profile("rules")
