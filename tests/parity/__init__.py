"""Networks of the zoo held against the published implementations, one row of a table each."""
