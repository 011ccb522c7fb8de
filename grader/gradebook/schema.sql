-- The tables of a gradebook. docs/classes.md describes them for whoever opens it.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE students (
    student TEXT PRIMARY KEY,     -- the id by which a roster knows them
    name TEXT NOT NULL,
    place TEXT NOT NULL,          -- where the work was found
    submitted_at TEXT NOT NULL,   -- ISO 8601, or empty
    commit_id TEXT NOT NULL,
    result INTEGER REFERENCES results (id),
    status TEXT NOT NULL,         -- that of the result, or needs_a_look, missing, …
    note TEXT NOT NULL            -- what a teacher should know of it
) WITHOUT ROWID;
CREATE TABLE results (
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL,
    work TEXT NOT NULL,           -- a digest of all that was handed in
    seed INTEGER,                 -- null: it follows from the work
    course TEXT NOT NULL,         -- a digest of the course, the grader and torch
    graded_at TEXT NOT NULL,
    status TEXT NOT NULL,
    score INTEGER,                -- null where a fault of the grader withholds it
    max_score INTEGER NOT NULL,
    report BLOB NOT NULL          -- JSON, packed with zlib
);
CREATE INDEX results_by_student ON results (student, id);
CREATE INDEX results_by_work ON results (work, course, seed);
CREATE TABLE exercises (
    result INTEGER NOT NULL REFERENCES results (id),
    unit TEXT NOT NULL,
    exercise TEXT NOT NULL,
    status TEXT NOT NULL,
    score INTEGER,
    max_score INTEGER NOT NULL,
    PRIMARY KEY (result, unit, exercise)
) WITHOUT ROWID;
CREATE TABLE lost (               -- every test that was not passed
    result INTEGER NOT NULL REFERENCES results (id),
    unit TEXT NOT NULL,
    exercise TEXT NOT NULL,
    test TEXT NOT NULL,
    outcome TEXT NOT NULL,
    max_points INTEGER NOT NULL,
    likely TEXT,                  -- the misunderstanding, where one was recognised
    PRIMARY KEY (result, unit, exercise, test)
) WITHOUT ROWID;
CREATE TABLE tests (              -- of the suites that graded last
    unit TEXT NOT NULL,
    exercise TEXT NOT NULL,
    test TEXT NOT NULL,
    title TEXT NOT NULL,
    max_points INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (unit, exercise, test)
) WITHOUT ROWID;
CREATE TABLE works (              -- the texts of every work that was judged, and of the stubs
    work TEXT PRIMARY KEY,
    sources BLOB NOT NULL         -- JSON, packed with zlib: by unit its text, or those of its cells
) WITHOUT ROWID;
