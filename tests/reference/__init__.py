"""Networks written by hand, for programs to be held against."""
