"""Settling: whether it is as it was planned, what has become of each, and the way back."""
