"""The rules: plain functions from a request and the rows read for it to an answer and changes. No database."""
