"""What the sandbox and the client endure: kills, power cuts, nonsense, crowds."""
