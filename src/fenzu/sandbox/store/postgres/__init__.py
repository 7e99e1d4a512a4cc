"""A store on a PostgreSQL server, which several sandboxes share. Loaded only where one is asked for."""
