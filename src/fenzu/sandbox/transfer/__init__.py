"""Accounts that come from a file or leave as one: JSON Lines that the sandbox writes, tables that people write."""
