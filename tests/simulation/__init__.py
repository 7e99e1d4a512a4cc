"""The regroup engine in a world of its own: virtual time, a platform in memory, faults from a seed.

`loop` makes time, `platform` answers, `weather` draws what goes wrong, `network` carries calls between the
real client and the platform, `story` lets an engine live through it all, `laws` judges.
"""
