"""What is open for one account while the console runs, and what is at work on it."""
