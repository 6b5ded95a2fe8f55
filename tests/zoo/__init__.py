"""What the networks of the zoo take to say, and what they are: the page, and how it is filled."""
