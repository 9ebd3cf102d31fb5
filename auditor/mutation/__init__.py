"""Changes to Python source by place, and the mutants made with them.

Mutation scores of suites are published: a change here changes them, and the answers of the simulated model too.
"""
