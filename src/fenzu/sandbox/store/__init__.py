"""Where a sandbox keeps everything: SQLite or PostgreSQL, one writer, readers that never wait for it."""
