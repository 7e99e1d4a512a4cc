"""Running a sandbox: from its settings to a clean end, and what it says when it is ready."""
