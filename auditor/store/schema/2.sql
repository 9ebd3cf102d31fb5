-- Schema 2: programs, rubrics, rules and environments are stored once and named by a number; answers have a table of
-- their own; tasks say what a solution must be; failing tests say how they fail, which version 1 only implied.
-- packed() and packed_answer() compress per-test results and answers; renamed() names a program by this version's rule.
DROP INDEX sample_program;
ALTER TABLE task RENAME TO old_task;
ALTER TABLE program RENAME TO old_program;
ALTER TABLE sample RENAME TO old_sample;
ALTER TABLE verdict RENAME TO old_verdict;
ALTER TABLE style RENAME TO old_style;
ALTER TABLE finding RENAME TO old_finding;

CREATE TABLE task (
    task_id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,      -- in the benchmark, from 0
    prompt TEXT NOT NULL,
    kind TEXT NOT NULL,             -- what a solution must be: function, class, method or program
    target TEXT NOT NULL,           -- and its name, such as f or Solution().f; empty for a program
    reference TEXT NOT NULL,
    base_tests INTEGER NOT NULL,
    plus_tests INTEGER NOT NULL,
    family TEXT NOT NULL,           -- tasks of one idea with other numbers share it; empty: a task by itself
    slices TEXT NOT NULL,           -- JSON list of [name, value]
    unfit TEXT,                     -- why the reference does not pass here; NULL: it does, or was not checked yet
    excluded TEXT                   -- why the analysis leaves the task out; NULL: it does not, or there is none yet
) WITHOUT ROWID;

CREATE TABLE program (
    program_id INTEGER PRIMARY KEY,
    program TEXT NOT NULL UNIQUE,   -- 32 hex digits over task and text
    task_id TEXT NOT NULL,
    solution TEXT NOT NULL
);

CREATE TABLE answer (               -- what was received, where it is not the program's own text
    answer_id INTEGER PRIMARY KEY,
    raw BLOB NOT NULL               -- text; where that is shorter, zlib's with the program's text as dictionary
);

CREATE TABLE sample (
    model TEXT NOT NULL,
    task_id TEXT NOT NULL,
    sample_index INTEGER NOT NULL,
    request_hash TEXT NOT NULL,
    status TEXT NOT NULL,
    program_id INTEGER REFERENCES program,  -- NULL unless the status is ok
    answer_id INTEGER REFERENCES answer,    -- NULL: the answer is the program's text
    rule TEXT NOT NULL,                     -- by which the program was extracted
    readings INTEGER,                       -- how many candidate programs the answer holds; NULL: not counted
    readings_differ INTEGER,                -- 1: they are not the same program
    finish_reason TEXT,
    refusal TEXT,
    served_model TEXT,
    fingerprint TEXT,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    reasoning_tokens INTEGER,
    cached_tokens INTEGER,
    latency REAL,                           -- seconds
    cost REAL,                              -- in the currency of the configured prices
    PRIMARY KEY (model, task_id, sample_index, request_hash)
) WITHOUT ROWID;

CREATE TABLE environment (          -- where verdicts were reached
    environment_id INTEGER PRIMARY KEY,
    sandbox TEXT NOT NULL,          -- level of confinement
    host TEXT NOT NULL,             -- empty: not recorded
    digest TEXT NOT NULL,           -- over interpreter and packages; empty: not recorded
    UNIQUE (sandbox, host, digest)
);

CREATE TABLE verdict (
    program_id INTEGER NOT NULL REFERENCES program,
    suite TEXT NOT NULL,            -- base or plus
    outcome TEXT NOT NULL,
    tests INTEGER NOT NULL,
    passed BLOB NOT NULL,           -- one byte per test, 1 passed, 0 failed, 2 not run; zlib's where that is shorter
    failing_index INTEGER,
    failing_call TEXT,
    failing_expected TEXT,
    failing_got TEXT,
    failing_kind TEXT,              -- how it fails: wrong value, exception, ...
    detail TEXT NOT NULL,
    flaky INTEGER NOT NULL,
    cpu_seconds REAL NOT NULL,
    trust TEXT NOT NULL,            -- separate, or in-process: tests and solution shared a process
    environment_id INTEGER NOT NULL REFERENCES environment,
    PRIMARY KEY (program_id, suite)
) WITHOUT ROWID;

CREATE TABLE other_verdict (        -- what another run of a suite said, where it is not the verdict that is kept
    program_id INTEGER NOT NULL REFERENCES program,
    suite TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    environment_id INTEGER NOT NULL REFERENCES environment,
    PRIMARY KEY (program_id, suite, outcome, environment_id)
) WITHOUT ROWID;

CREATE TABLE third_party_verdict (  -- what someone else's verifier said of a recorded sample
    source TEXT NOT NULL,           -- whose verdict, e.g. evalplus
    model TEXT NOT NULL,
    task_id TEXT NOT NULL,
    sample_index INTEGER NOT NULL,
    suite TEXT NOT NULL,            -- base or plus; empty where the verifier knows no suites
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    failing_input TEXT,             -- as the file shows it; NULL: not recorded
    PRIMARY KEY (source, model, task_id, sample_index, suite)
) WITHOUT ROWID;

CREATE TABLE rubric (
    rubric_id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE       -- over its content and the tools' versions
);

CREATE TABLE style (
    rubric_id INTEGER NOT NULL REFERENCES rubric,
    program_id INTEGER NOT NULL REFERENCES program,
    parses INTEGER NOT NULL,
    score REAL,                     -- 0 to 1; NULL where no criterion applies
    adherence TEXT NOT NULL,        -- JSON: criterion to true, false or null
    metrics TEXT NOT NULL,          -- JSON: name to number
    pragmas INTEGER NOT NULL,
    PRIMARY KEY (rubric_id, program_id)
) WITHOUT ROWID;

CREATE TABLE rule (
    rule_id INTEGER PRIMARY KEY,
    tool TEXT NOT NULL,
    rule TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    UNIQUE (tool, rule, name, url)
);

CREATE TABLE finding (
    rubric_id INTEGER NOT NULL REFERENCES rubric,
    program_id INTEGER NOT NULL REFERENCES program,
    position INTEGER NOT NULL,
    rule_id INTEGER NOT NULL REFERENCES rule,
    message TEXT NOT NULL,
    line INTEGER NOT NULL,
    column INTEGER NOT NULL,
    in_prompt INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    criterion TEXT,                 -- of the rubric, that asks about the rule; NULL: none does, or not recorded
    PRIMARY KEY (rubric_id, program_id, position)
) WITHOUT ROWID;

INSERT INTO task
SELECT task_id, position, prompt, 'function', entry_point, reference, base_tests, plus_tests, '', '[]', unfit, NULL
FROM old_task;

INSERT INTO program (program, task_id, solution) SELECT program, task_id, solution FROM old_program;

INSERT INTO sample
SELECT s.model, s.task_id, s.sample_index, s.request_hash, s.status, p.program_id, NULL, s.rule, NULL, NULL,
       s.finish_reason, s.refusal, s.served_model, s.fingerprint, s.prompt_tokens, s.completion_tokens,
       s.reasoning_tokens, s.cached_tokens, s.latency, s.cost
FROM old_sample s LEFT JOIN program p USING (program);

CREATE TEMP TABLE differing AS
SELECT ROW_NUMBER() OVER () AS answer_id, s.model, s.task_id, s.sample_index, s.request_hash
FROM old_sample s LEFT JOIN old_program p USING (program) WHERE s.raw IS NOT p.solution;

INSERT INTO answer
SELECT d.answer_id, packed_answer(s.raw, p.solution)
FROM differing d JOIN old_sample s USING (model, task_id, sample_index, request_hash)
LEFT JOIN old_program p USING (program);

UPDATE sample SET answer_id = d.answer_id FROM differing d
WHERE sample.model = d.model AND sample.task_id = d.task_id AND sample.sample_index = d.sample_index
  AND sample.request_hash = d.request_hash;

DROP TABLE differing;

INSERT INTO environment (sandbox, host, digest) SELECT DISTINCT sandbox, '', '' FROM old_verdict ORDER BY sandbox;

INSERT INTO verdict
SELECT p.program_id, v.suite, v.outcome, v.tests, packed(v.passed), v.failing_index, v.failing_call,
       v.failing_expected, v.failing_got,
       CASE
           WHEN v.failing_index IS NULL THEN NULL
           WHEN v.outcome = 'timeout' THEN 'no answer'
           WHEN v.outcome IN ('memory', 'crash') THEN v.outcome
           WHEN v.failing_got GLOB '[A-Za-z]*Error' OR v.failing_got GLOB '[A-Za-z]*Error: *' THEN 'exception'
           ELSE 'wrong value'
       END,
       v.detail, v.flaky, v.cpu_seconds, 'separate', e.environment_id
FROM old_verdict v JOIN program p USING (program)
JOIN environment e ON e.sandbox = v.sandbox AND e.host = '' AND e.digest = '';

INSERT INTO rubric (hash) SELECT DISTINCT rubric_hash FROM old_style ORDER BY rubric_hash;

INSERT INTO style
SELECT r.rubric_id, p.program_id, s.parses, s.score, s.adherence, s.metrics, s.pragmas
FROM old_style s JOIN program p USING (program) JOIN rubric r ON r.hash = s.rubric_hash;

INSERT INTO rule (tool, rule, name, url)
SELECT DISTINCT tool, rule, name, url FROM old_finding ORDER BY tool, rule, name, url;

INSERT INTO finding
SELECT r.rubric_id, p.program_id, f.position, u.rule_id, f.message, f.line, f.column, f.in_prompt, f.duplicate, NULL
FROM old_finding f JOIN program p USING (program) JOIN rubric r ON r.hash = f.rubric_hash
JOIN rule u ON u.tool = f.tool AND u.rule = f.rule AND u.name = f.name AND u.url = f.url;

UPDATE program SET program = renamed(program, task_id, solution);

DROP TABLE old_finding;
DROP TABLE old_style;
DROP TABLE old_verdict;
DROP TABLE old_sample;
DROP TABLE old_program;
DROP TABLE old_task;

CREATE TABLE reading (              -- the other programs that an answer can be read as
    model TEXT NOT NULL,
    task_id TEXT NOT NULL,
    sample_index INTEGER NOT NULL,
    request_hash TEXT NOT NULL,
    position INTEGER NOT NULL,      -- from 1, the best of the others first
    program_id INTEGER NOT NULL REFERENCES program,
    rule TEXT NOT NULL,             -- how it was found
    PRIMARY KEY (model, task_id, sample_index, request_hash, position)
) WITHOUT ROWID;
