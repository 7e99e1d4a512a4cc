"""The control port: what steers a sandbox from outside, as routes over JSON. It knows nothing of the calls."""
