"""Searching followers, and moving up to fifty at once with a way back."""
