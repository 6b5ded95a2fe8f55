"""Tree to program: names bound, phases known, arguments matched to signatures."""
