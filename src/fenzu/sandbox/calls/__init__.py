"""What every call of the platform goes through between the connection and its handler."""
