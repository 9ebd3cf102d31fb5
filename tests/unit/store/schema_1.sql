-- A run as the first released version wrote it: two models, every kind of row.
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS task (
    task_id TEXT PRIMARY KEY, position INTEGER NOT NULL, prompt TEXT NOT NULL, entry_point TEXT NOT NULL,
    reference TEXT NOT NULL, base_tests INTEGER NOT NULL, plus_tests INTEGER NOT NULL,
    unfit TEXT  -- why the reference does not pass here; NULL: fit, or not checked yet
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS program (
    program TEXT PRIMARY KEY, task_id TEXT NOT NULL, solution TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sample (
    model TEXT NOT NULL, task_id TEXT NOT NULL, sample_index INTEGER NOT NULL, request_hash TEXT NOT NULL,
    status TEXT NOT NULL, raw TEXT NOT NULL, program TEXT REFERENCES program, rule TEXT NOT NULL,
    finish_reason TEXT, refusal TEXT, served_model TEXT, fingerprint TEXT,
    prompt_tokens INTEGER, completion_tokens INTEGER, reasoning_tokens INTEGER, cached_tokens INTEGER,
    latency REAL, cost REAL,
    PRIMARY KEY (model, task_id, sample_index, request_hash)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sample_program ON sample (program);
CREATE TABLE IF NOT EXISTS verdict (
    program TEXT NOT NULL REFERENCES program, suite TEXT NOT NULL, outcome TEXT NOT NULL,
    tests INTEGER NOT NULL, passed BLOB NOT NULL,
    failing_index INTEGER, failing_call TEXT, failing_expected TEXT, failing_got TEXT,
    detail TEXT NOT NULL, flaky INTEGER NOT NULL, cpu_seconds REAL NOT NULL, sandbox TEXT NOT NULL,
    PRIMARY KEY (program, suite)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS style (
    program TEXT NOT NULL REFERENCES program, rubric_hash TEXT NOT NULL, parses INTEGER NOT NULL, score REAL,
    adherence TEXT NOT NULL, metrics TEXT NOT NULL, pragmas INTEGER NOT NULL,
    PRIMARY KEY (program, rubric_hash)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finding (
    program TEXT NOT NULL, rubric_hash TEXT NOT NULL, position INTEGER NOT NULL, tool TEXT NOT NULL,
    rule TEXT NOT NULL, name TEXT NOT NULL, message TEXT NOT NULL, line INTEGER NOT NULL, column INTEGER NOT NULL,
    in_prompt INTEGER NOT NULL, duplicate INTEGER NOT NULL, url TEXT NOT NULL,
    PRIMARY KEY (program, rubric_hash, position)
) WITHOUT ROWID;
INSERT INTO meta VALUES ('schema_version', '1');
INSERT INTO meta VALUES ('sandbox', '"landlock"');
INSERT INTO meta VALUES ('benchmark', '{"digest": "d", "name": "made", "source": "made", "tasks": 2, "unreadable": {}}');
INSERT INTO meta VALUES ('rubric', '{"criteria": [], "hash": "r1", "name": "pep8", "version": "1"}');
INSERT INTO meta VALUES ('model:a', '{"simulated": "weak"}');
INSERT INTO task VALUES ('T/0', 0, 'def f(x):' || char(10), 'f', 'def f(x): return x', 2, 40, NULL);
INSERT INTO task VALUES ('T/1', 1, 'def g(x):' || char(10), 'g', 'def g(x): return x', 2, 40, 'does not pass');
INSERT INTO program VALUES ('p-true', 'T/0', 'true');
INSERT INTO program VALUES ('p-wrong', 'T/0', 'wrong');
INSERT INTO program VALUES ('p-raises', 'T/0', 'raises');
INSERT INTO program VALUES ('p-slow', 'T/0', 'slow');
INSERT INTO program VALUES ('p-new', 'T/1', 'new');
INSERT INTO sample VALUES ('a', 'T/0', 0, 'h0', 'ok', 'true', 'p-true', 'raw/1', 'stop', NULL, 'a-1', 'fp', 1, 2, 3, 4, 0.5, 0.25);
INSERT INTO sample VALUES ('a', 'T/0', 1, 'h1', 'ok', 'fenced true', 'p-true', 'fence/1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO sample VALUES ('a', 'T/0', 2, 'h2', 'ok', 'wrong', 'p-wrong', 'raw/1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO sample VALUES ('a', 'T/0', 3, 'h3', 'refused', '', NULL, 'none', NULL, 'no', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO sample VALUES ('b', 'T/0', 0, 'h0', 'ok', 'another fence', 'p-raises', 'fence/1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO sample VALUES ('b', 'T/0', 1, 'h1', 'ok', 'slow', 'p-slow', 'raw/1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO sample VALUES ('b', 'T/1', 0, 'h0', 'ok', 'new', 'p-new', 'raw/1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO verdict VALUES ('p-true', 'base', 'pass', 2, X'0101', NULL, NULL, NULL, NULL, '', 0, 0.1, 'landlock');
INSERT INTO verdict VALUES ('p-true', 'plus', 'pass', 40, X'01010101010101010101010101010101010101010101010101010101010101010101010101010101', NULL, NULL, NULL, NULL, '', 0, 0.2, 'seccomp');
INSERT INTO verdict VALUES ('p-wrong', 'base', 'pass', 2, X'0101', NULL, NULL, NULL, NULL, '', 0, 0.1, 'landlock');
INSERT INTO verdict VALUES ('p-wrong', 'plus', 'fail', 40, X'01000202020202020202020202020202020202020202020202020202020202020202020202020202', 1, 'f(2)', '2', '''Error: no error''', '', 1, 0.2, 'landlock');
INSERT INTO verdict VALUES ('p-raises', 'base', 'fail', 2, X'0002', 0, 'f(1)', '1', 'ValueError: no', '', 0, 0.1, 'landlock');
INSERT INTO verdict VALUES ('p-slow', 'base', 'timeout', 2, X'0002', 0, 'f(1)', '1', 'nothing', 'over 1 s', 0, 1.0, 'landlock');
INSERT INTO style VALUES ('p-true', 'r1', 1, 0.5, '{"names": true, "never": null}', '{"sloc": 2.0}', 1);
INSERT INTO style VALUES ('p-true', 'r2', 1, 0.75, '{}', '{}', 0);
INSERT INTO finding VALUES ('p-true', 'r1', 0, 'ruff', 'E501', 'line-too-long', 'Line too long', 1, 80, 0, 0, 'u');
INSERT INTO finding VALUES ('p-true', 'r1', 1, 'ruff', 'E501', 'line-too-long', 'Line much too long', 2, 90, 1, 0, 'u');
INSERT INTO finding VALUES ('p-true', 'r2', 0, 'pylint', 'C0103', 'invalid-name', 'Bad name', 1, 1, 0, 1, '');
