"""Inside the wall: the fork server, the children that run candidates, and what confines them.

Of our own modules these load each other, and :mod:`~auditor.verify.wire` and :mod:`~auditor.verify.digest`,
which both sides share; nothing that knows expected outputs, settings or where anything lies is among them.
"""
