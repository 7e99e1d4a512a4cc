"""The SDK: the platform's calls from Python, sync and async."""
