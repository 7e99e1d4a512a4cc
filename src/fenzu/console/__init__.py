"""The console: groups and followers of an account in the browser, on this machine only.

A face: what it does goes through `client`, `mirror`, `regroup` and `control`; nothing about groups is decided in it.
Pages are rendered here; small ES modules in `static/` send what is asked for and swap parts of a page. Needs the extra
`console`.
"""
