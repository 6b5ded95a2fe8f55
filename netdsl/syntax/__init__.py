"""Text to tree: the grammar, the nodes, the words for what does not parse."""
