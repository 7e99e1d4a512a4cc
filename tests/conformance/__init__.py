"""Other people's SDKs against a real sandbox process, unmodified apart from their address."""
