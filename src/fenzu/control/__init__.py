"""A client for the sandbox's control port: accounts, followers, reset. It controls sandboxes and nothing else."""

from fenzu.control.client import Control
from fenzu.control.values import Account, ControlError, GroupSeed, Health, NewAccount, TagSeed

__all__ = ["Account", "Control", "ControlError", "GroupSeed", "Health", "NewAccount", "TagSeed"]
