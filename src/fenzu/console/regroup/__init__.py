"""Lists and plans of an account: from a dropped file or a large move to a run and its report."""
