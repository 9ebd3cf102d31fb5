"""Every sentence of the pages, of report.md and of the terminal that claims something, a module per subject.

A sentence follows from a typed result and its verdict; templates and scripts hold none of their own.
:func:`auditor.report.sentences.evidence.say` refuses words that are stronger than the evidence given.
"""
