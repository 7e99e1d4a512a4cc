"""What each address shows and does, a module a subject. A view reads the request and calls; it decides nothing."""
