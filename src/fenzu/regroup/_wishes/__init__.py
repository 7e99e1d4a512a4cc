"""Wishes: who should be in which group, from whatever an operator has, and what is odd in it.

Everything ends in one polars frame. Needs the extra `bulk`; the engine imports this package only while it plans.
"""

from fenzu.regroup._wishes.problems import Problem, Problems
from fenzu.regroup._wishes.reading import read_wishes
from fenzu.regroup._wishes.values import Origin, Wishes

__all__ = ["Origin", "Problem", "Problems", "Wishes", "read_wishes"]
