"""What is collected as tests: expected outputs are not."""

collect_ignore_glob = ["cases/*", "reference/*.nd"]
