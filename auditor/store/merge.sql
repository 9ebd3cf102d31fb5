-- Takes the rows of the database attached as "other" whose tasks are in temp.wanted; see merge.py.
CREATE TEMP TABLE own_program (theirs INTEGER PRIMARY KEY, program_id INTEGER NOT NULL);
CREATE TEMP TABLE fresh (model, task_id, sample_index, request_hash, PRIMARY KEY (model, task_id, sample_index,
    request_hash));
CREATE TEMP TABLE base (first INTEGER);
CREATE TEMP TABLE given (program_id, suite, outcome, tests, passed, failing_index, failing_call, failing_expected,
    failing_got, failing_kind, detail, flaky, cpu_seconds, trust, environment_id, PRIMARY KEY (program_id, suite));
CREATE TEMP TABLE scored (their_rubric INTEGER, their_program INTEGER, rubric_id INTEGER, program_id INTEGER);

INSERT OR IGNORE INTO task SELECT * FROM other.task;

UPDATE task SET unfit = theirs.unfit FROM other.task theirs
WHERE theirs.task_id = task.task_id AND task.unfit IS NULL AND theirs.unfit IS NOT NULL;

INSERT OR IGNORE INTO program (program, task_id, solution)
SELECT program, task_id, solution FROM other.program JOIN wanted USING (task_id) ORDER BY program_id;

INSERT INTO own_program SELECT theirs.program_id, program.program_id
FROM other.program theirs JOIN wanted USING (task_id) JOIN program ON program.program = theirs.program;

INSERT INTO fresh SELECT model, task_id, sample_index, request_hash FROM other.sample JOIN wanted USING (task_id)
EXCEPT SELECT model, task_id, sample_index, request_hash FROM sample;

INSERT INTO base SELECT COALESCE(MAX(answer_id), 0) FROM answer;

INSERT INTO answer SELECT answer_id + first, raw FROM base, other.sample theirs JOIN fresh USING (model, task_id,
    sample_index, request_hash)
JOIN other.answer USING (answer_id);

INSERT INTO sample (model, task_id, sample_index, request_hash, status, program_id, answer_id, rule, readings,
    readings_differ, finish_reason, refusal, served_model, fingerprint, prompt_tokens, completion_tokens,
    reasoning_tokens, cached_tokens, latency, cost)
SELECT model, task_id, sample_index, request_hash, status, own.program_id, answer_id + first, rule, readings,
    readings_differ, finish_reason, refusal, served_model, fingerprint, prompt_tokens, completion_tokens,
    reasoning_tokens, cached_tokens, latency, cost
FROM base, other.sample theirs JOIN fresh USING (model, task_id, sample_index, request_hash) LEFT JOIN own_program
    own ON own.theirs = theirs.program_id;

INSERT OR IGNORE INTO reading SELECT model, task_id, sample_index, request_hash, position, own.program_id, rule
FROM other.reading theirs JOIN own_program own ON own.theirs = theirs.program_id;

INSERT OR IGNORE INTO third_party_verdict SELECT theirs.* FROM other.third_party_verdict theirs
JOIN wanted USING (task_id);

INSERT OR IGNORE INTO environment (sandbox, host, digest) SELECT sandbox, host, digest FROM other.environment;

INSERT INTO given
SELECT own.program_id, suite, outcome, tests, passed, failing_index, failing_call, failing_expected, failing_got,
    failing_kind, detail, flaky, cpu_seconds, trust, environment.environment_id
FROM other.verdict theirs JOIN own_program own ON own.theirs = theirs.program_id
JOIN other.environment place ON place.environment_id = theirs.environment_id
JOIN environment ON (environment.sandbox, environment.host, environment.digest)
    = (place.sandbox, place.host, place.digest);

INSERT OR IGNORE INTO other_verdict
SELECT own.program_id, suite, outcome, detail, environment.environment_id
FROM other.other_verdict theirs JOIN own_program own ON own.theirs = theirs.program_id
JOIN other.environment place ON place.environment_id = theirs.environment_id
JOIN environment ON (environment.sandbox, environment.host, environment.digest)
    = (place.sandbox, place.host, place.digest);

INSERT OR IGNORE INTO other_verdict
SELECT program_id, suite, loser.outcome, loser.detail, loser.environment_id
FROM given JOIN verdict kept USING (program_id, suite) JOIN (
    SELECT program_id, suite, outcome, detail, environment_id FROM given UNION ALL
    SELECT program_id, suite, outcome, detail, environment_id FROM verdict) loser USING (program_id, suite)
WHERE given.outcome <> kept.outcome AND 'error' NOT IN (given.outcome, kept.outcome)
    AND loser.outcome = CASE WHEN (CASE given.outcome WHEN 'error' THEN 2 WHEN 'pass' THEN 1 ELSE 0 END,
        given.outcome) < (CASE kept.outcome WHEN 'error' THEN 2 WHEN 'pass' THEN 1 ELSE 0 END, kept.outcome)
        THEN kept.outcome ELSE given.outcome END;

INSERT OR REPLACE INTO verdict (program_id, suite, outcome, tests, passed, failing_index, failing_call,
    failing_expected, failing_got, failing_kind, detail, flaky, cpu_seconds, trust, environment_id)
SELECT given.program_id, given.suite, given.outcome, given.tests, given.passed, given.failing_index,
    given.failing_call, given.failing_expected, given.failing_got, given.failing_kind, given.detail, given.flaky,
    given.cpu_seconds, given.trust, given.environment_id
FROM given LEFT JOIN verdict kept USING (program_id, suite)
WHERE kept.outcome IS NULL OR (CASE given.outcome WHEN 'error' THEN 2 WHEN 'pass' THEN 1 ELSE 0 END, given.outcome)
    < (CASE kept.outcome WHEN 'error' THEN 2 WHEN 'pass' THEN 1 ELSE 0 END, kept.outcome);

UPDATE verdict SET flaky = 1 WHERE flaky = 0 AND (
    (program_id, suite) IN (SELECT program_id, suite FROM other_verdict)
    OR EXISTS (SELECT 1 FROM given WHERE given.program_id = verdict.program_id AND given.suite = verdict.suite
        AND given.flaky AND given.outcome = verdict.outcome));

INSERT OR IGNORE INTO rubric (hash) SELECT hash FROM other.rubric ORDER BY hash;

INSERT OR IGNORE INTO rule (tool, rule, name, url) SELECT tool, rule, name, url FROM other.rule ORDER BY rule_id;

INSERT INTO scored SELECT theirs.rubric_id, theirs.program_id, rubric.rubric_id, own.program_id
FROM other.style theirs JOIN own_program own ON own.theirs = theirs.program_id
JOIN other.rubric named ON named.rubric_id = theirs.rubric_id JOIN rubric ON rubric.hash = named.hash
WHERE NOT EXISTS (SELECT 1 FROM style
    WHERE style.rubric_id = rubric.rubric_id AND style.program_id = own.program_id);

INSERT INTO style SELECT scored.rubric_id, scored.program_id, parses, score, adherence, metrics, pragmas
FROM scored JOIN other.style theirs
    ON theirs.rubric_id = scored.their_rubric AND theirs.program_id = scored.their_program;

INSERT INTO finding
SELECT scored.rubric_id, scored.program_id, position, rule.rule_id, message, line, column, in_prompt, duplicate,
    criterion
FROM scored JOIN other.finding theirs
    ON theirs.rubric_id = scored.their_rubric AND theirs.program_id = scored.their_program
JOIN other.rule named ON named.rule_id = theirs.rule_id
JOIN rule ON (rule.tool, rule.rule, rule.name, rule.url) = (named.tool, named.rule, named.name, named.url);
