"""Requests in, answers out: who is let in, how pages are made, and errors in words."""
