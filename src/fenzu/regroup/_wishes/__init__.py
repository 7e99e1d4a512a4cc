"""Wishes: who should be in which group, from whatever an operator has, and which rows have problems.

Everything ends in one polars frame. Needs the extra `bulk`; the engine imports this package only while it plans.
"""

from fenzu.regroup._wishes.explaining import explained, near_new_names
from fenzu.regroup._wishes.problems import Problem, Problems, joined
from fenzu.regroup._wishes.reading import read_wishes
from fenzu.regroup._wishes.values import Origin, Wishes

__all__ = [
    "Origin",
    "Problem",
    "Problems",
    "Wishes",
    "explained",
    "joined",
    "near_new_names",
    "read_wishes",
]
