"""Wishes for a plan, where a file's name or a frame is not all there is to say: read here, then given to `plan`.

Needs the extra `bulk`.
"""

from fenzu.regroup._wishes.like import read_like
from fenzu.regroup._wishes.problems import Problem, Problems
from fenzu.regroup._wishes.reading import read_wishes
from fenzu.regroup._wishes.rules import Rule, read_rules
from fenzu.regroup._wishes.values import Origin, Wishes

__all__ = [
    "Origin",
    "Problem",
    "Problems",
    "Rule",
    "Wishes",
    "read_like",
    "read_rules",
    "read_wishes",
]
