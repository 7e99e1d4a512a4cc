"""Books: a plan and its journal in a database, in a file that travels or on PostgreSQL."""
