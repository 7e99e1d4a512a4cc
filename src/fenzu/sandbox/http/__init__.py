"""HTTP and TLS on connections, with limits in time and size. Knows nothing of the platform."""
