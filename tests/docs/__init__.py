"""Is what the documentation says true? Every sample runs, every link leads somewhere, nothing public is untold."""
