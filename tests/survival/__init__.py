"""What is done to modules in practice, tried on the networks that the compiler writes.

`python -m tests.survival` tries all of it and writes `docs/survival.md`."""
