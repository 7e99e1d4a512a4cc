"""fenzu"""
