"""Wishes by rule: whoever fulfils a condition over the mirror's fields goes into a group. A small language of its own.

It compares fields with values and joins comparisons; there is nothing in it that could read a file or call anything.
"""

from fenzu.regroup._wishes.rules.applying import Rule, read_rules

__all__ = ["Rule", "read_rules"]
