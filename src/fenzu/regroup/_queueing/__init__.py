"""Queueing: runs of many accounts that wait for workers, on PostgreSQL."""
