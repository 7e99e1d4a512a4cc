"""What is done to groups as a whole."""
