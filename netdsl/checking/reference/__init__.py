"""What there is to build with, told from the tables that the compiler itself works with."""
