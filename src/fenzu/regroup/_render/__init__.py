"""A plan as people and programs read it: JSON, Markdown, a page with a picture. Text out of values; nothing is read.

Tables for a terminal are the command line's own.
"""
