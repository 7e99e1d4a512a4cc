"""The platform on localhost: the same calls, answered from a store of its own. Never imports the client."""
