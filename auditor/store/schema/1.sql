-- Schema 1, the first released one.
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS task (
    task_id TEXT PRIMARY KEY, position INTEGER NOT NULL, prompt TEXT NOT NULL, entry_point TEXT NOT NULL,
    reference TEXT NOT NULL, base_tests INTEGER NOT NULL, plus_tests INTEGER NOT NULL, unfit TEXT
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
