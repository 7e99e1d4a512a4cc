"""A client for the sandbox's control port: accounts, clock, faults, quotas, snapshots, log."""

from fenzu.control.client import Control
from fenzu.control.clock import ClockReading
from fenzu.control.events import PushedEvent
from fenzu.control.faults import Fault, FaultReport, HeldFault, When
from fenzu.control.quota import AccountQuota
from fenzu.control.requests import LoggedRequest, RequestStream
from fenzu.control.snapshots import Snapshot
from fenzu.control.values import Account, ControlError, GroupSeed, Health, NewAccount, TagSeed

__all__ = [
    "Account",
    "AccountQuota",
    "ClockReading",
    "Control",
    "ControlError",
    "Fault",
    "FaultReport",
    "GroupSeed",
    "Health",
    "HeldFault",
    "LoggedRequest",
    "NewAccount",
    "PushedEvent",
    "RequestStream",
    "Snapshot",
    "TagSeed",
    "When",
]
