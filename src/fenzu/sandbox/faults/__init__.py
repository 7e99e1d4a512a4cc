"""Faults on request: rules that let calls fail, be late or lose their answers, repeatable from a seed.

They belong to the process and not to the store: after a restart there are none.
"""
