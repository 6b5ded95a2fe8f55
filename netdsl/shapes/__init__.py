"""What is known of the sizes of tensors before a program runs."""
