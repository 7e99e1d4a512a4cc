"""A local copy of who is in which group, since the platform cannot be asked that."""

from fenzu.mirror.rows import Column, Row
from fenzu.mirror.store import Mirror

__all__ = ["Column", "Mirror", "Row"]
