"""The views of the database: labels of samples, accepted programs, false positives.

They are part of the file, so that any SQLite browser shows them.
"""

from __future__ import annotations

LABEL = """CASE
        WHEN base.outcome IS NULL OR 'error' IN (base.outcome, COALESCE(plus.outcome, '')) THEN 'unknown'
        WHEN base.outcome = 'pass' AND plus.outcome IS NULL THEN 'unknown'
        WHEN base.outcome = 'pass' AND plus.outcome = 'pass' THEN 'true_positive'
        WHEN base.outcome = 'pass' THEN 'false_positive'
        WHEN plus.outcome = 'pass' THEN 'false_negative'
        ELSE 'true_negative'
    END"""
"""``Label.of`` in SQL, over the verdicts ``base`` and ``plus`` of one program."""

VIEWS = {
    "labelled_program": f"""
SELECT program.program_id, program.program, program.task_id, base.outcome AS base, plus.outcome AS plus,
    COALESCE(base.flaky, 0) OR COALESCE(plus.flaky, 0) AS flaky,
    {LABEL} AS label
FROM program
LEFT JOIN verdict base ON base.program_id = program.program_id AND base.suite = 'base'
LEFT JOIN verdict plus ON plus.program_id = program.program_id AND plus.suite = 'plus'
""",  # noqa: S608 - made of constants
    "labelled_sample": f"""
SELECT sample.model, sample.task_id, sample.sample_index, sample.request_hash, sample.status,
    sample.program_id, program.program, base.outcome AS base, plus.outcome AS plus,
    COALESCE(base.flaky, 0) OR COALESCE(plus.flaky, 0) AS flaky,
    {LABEL} AS label
FROM sample
LEFT JOIN program USING (program_id)
LEFT JOIN verdict base ON base.program_id = sample.program_id AND base.suite = 'base'
LEFT JOIN verdict plus ON plus.program_id = sample.program_id AND plus.suite = 'plus'
""",  # noqa: S608 - made of constants
    "accepted_program": """
SELECT program_id, program, task_id, plus, flaky, label FROM labelled_program
WHERE label IN ('true_positive', 'false_positive')
""",
    "false_positive": """
SELECT accepted.program_id, accepted.program, accepted.task_id, accepted.plus,
    plus.failing_index, plus.failing_call, plus.failing_expected, plus.failing_got, plus.failing_kind, plus.detail
FROM accepted_program accepted
JOIN verdict plus ON plus.program_id = accepted.program_id AND plus.suite = 'plus'
WHERE accepted.label = 'false_positive'
""",
    "program_of_model": """
SELECT model, program_id, COUNT(*) AS samples FROM sample WHERE program_id IS NOT NULL GROUP BY model, program_id
""",
    "named_finding": """
SELECT finding.rubric_id, finding.program_id, finding.position, rule.tool, rule.rule, rule.name, finding.message,
    finding.line, finding.column, finding.in_prompt, finding.duplicate, finding.criterion, rule.url
FROM finding JOIN rule USING (rule_id)
""",
}
"""Name → SELECT statement, each after those that it reads."""
