"""Transcripts of the command line: what a person or a program types, and every byte that comes back."""
