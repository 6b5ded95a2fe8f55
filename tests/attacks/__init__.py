"""Programs that nobody means well with, by what they are after: time and memory, files, code."""
