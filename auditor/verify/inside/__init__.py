"""Inside the sandbox: the fork server, the children that run candidates, and what confines them.

Of our own modules these load each other, and :mod:`~auditor.verify.protocol`, :mod:`~auditor.verify.wire` and
:mod:`~auditor.verify.digest`, which both sides share; nothing that knows expected outputs, settings or paths is
among them.
"""
