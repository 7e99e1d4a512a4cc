"""The sandbox that an account lives in: its log, its faults, and its control port."""
