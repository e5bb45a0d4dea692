"""What a command answers to the shell. 2 over 3 over 1 over 75."""

DONE = 0
FAILED = 1
"""A source or a write failed."""
USAGE = 2
"""The command line, the config or the registry is wrong; nothing was done."""
REFUSED = 3
"""Something looked unsafe and was not written."""
GATE = 4
"""The `check` gate failed."""
TRY_LATER = 75
"""A quota, a lease or the deadline: run the same command later."""
