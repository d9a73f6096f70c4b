-- A Proctor store, schema 2. docs/store.md says what every column means.
-- Every row of run, dataset, question and attempt carries the SHA-256 of its content.

CREATE TABLE proctor (
  schema  INTEGER NOT NULL,
  made_by TEXT NOT NULL
);

CREATE TABLE dataset (
  number   INTEGER PRIMARY KEY,
  digest   TEXT NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  split    TEXT NOT NULL,
  revision TEXT NOT NULL,
  n        INTEGER NOT NULL,
  sha256   TEXT NOT NULL
);

CREATE TABLE question (
  dataset       INTEGER NOT NULL REFERENCES dataset (number),
  ordinal       INTEGER NOT NULL,
  id            TEXT NOT NULL,
  subject       TEXT NOT NULL,
  position      INTEGER NOT NULL,
  text          TEXT NOT NULL,
  choices       TEXT NOT NULL,
  right_choices TEXT NOT NULL,
  worked        TEXT NOT NULL,
  sha256        TEXT NOT NULL,
  PRIMARY KEY (dataset, ordinal)
);

CREATE TABLE run (
  number    INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE,
  dataset   INTEGER NOT NULL REFERENCES dataset (number),
  key       TEXT NOT NULL,
  info      TEXT NOT NULL,
  dropped   INTEGER NOT NULL,
  repeats   INTEGER NOT NULL,
  rotations INTEGER NOT NULL,
  created   INTEGER NOT NULL,
  sha256    TEXT NOT NULL
);

-- Apart from run, because it changes with every append and a run's key may be long.
CREATE TABLE activity (
  run     INTEGER PRIMARY KEY REFERENCES run (number),
  written INTEGER NOT NULL
);

-- The long columns come last: what stands before them is read without them.
CREATE TABLE attempt (
  number         INTEGER PRIMARY KEY,
  id             TEXT NOT NULL UNIQUE,
  run            INTEGER NOT NULL REFERENCES run (number),
  ordinal        INTEGER NOT NULL,
  repeat         INTEGER NOT NULL,
  rotation       INTEGER NOT NULL,
  generation     INTEGER NOT NULL,
  started        INTEGER NOT NULL,
  latency        INTEGER NOT NULL,
  status         INTEGER NOT NULL,
  fault          TEXT,
  message        TEXT,
  finish_reason  TEXT,
  model          TEXT,
  build          TEXT,
  prompt_tokens  INTEGER,
  reply_tokens   INTEGER,
  decoded_tokens INTEGER,
  thought_tokens INTEGER,
  logprobs       TEXT,
  sha256         TEXT NOT NULL,
  text           TEXT,
  reasoning      TEXT,
  request        TEXT NOT NULL,
  response       BLOB NOT NULL,
  CHECK ((fault IS NULL) = (text IS NOT NULL))
);
CREATE INDEX attempt_trial ON attempt (run, ordinal, repeat, rotation, id, generation);

CREATE TABLE result (
  run        INTEGER NOT NULL REFERENCES run (number),
  ordinal    INTEGER NOT NULL,
  repeat     INTEGER NOT NULL,
  rotation   INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  attempt    TEXT NOT NULL REFERENCES attempt (id),
  PRIMARY KEY (run, ordinal, repeat, rotation)
) WITHOUT ROWID;

CREATE TRIGGER attempt_is_never_changed BEFORE UPDATE ON attempt
BEGIN SELECT raise(ABORT, 'attempts are only ever added'); END;
CREATE TRIGGER attempt_is_never_deleted BEFORE DELETE ON attempt
BEGIN SELECT raise(ABORT, 'attempts are only ever added'); END;
