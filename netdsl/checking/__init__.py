"""What a program does with sizes, worked out without running it."""
