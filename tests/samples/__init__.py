"""Arguments and inputs drawn at random, to hold rules against torch."""
