"""Events of followers, pushed to an application as the platform does: signed XML, to one address given at start."""
