-- A Proctor store in PostgreSQL, schema 2: the tables of a file's (schema.sql), column
-- for column, and two more that say who asks what. What models, servers and data sets
-- say is bytea: it may hold any byte, and is ordered as bytes are.

CREATE TABLE proctor (
  schema  bigint NOT NULL,
  made_by text NOT NULL
);

CREATE TABLE dataset (
  number   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  digest   text NOT NULL UNIQUE,
  name     bytea NOT NULL,
  split    bytea NOT NULL,
  revision bytea NOT NULL,
  n        bigint NOT NULL,
  sha256   text NOT NULL
);

CREATE TABLE question (
  dataset       bigint NOT NULL REFERENCES dataset (number),
  ordinal       bigint NOT NULL,
  id            bytea NOT NULL,
  subject       bytea NOT NULL,
  position      bigint NOT NULL,
  text          bytea NOT NULL,
  choices       bytea NOT NULL,
  right_choices bytea NOT NULL,
  worked        bytea NOT NULL,
  sha256        text NOT NULL,
  PRIMARY KEY (dataset, ordinal)
);

CREATE TABLE run (
  number    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id        text NOT NULL UNIQUE,
  dataset   bigint NOT NULL REFERENCES dataset (number),
  key       bytea NOT NULL,
  info      bytea NOT NULL,
  dropped   bigint NOT NULL,
  repeats   bigint NOT NULL,
  rotations bigint NOT NULL,
  created   bigint NOT NULL,
  sha256    text NOT NULL
);

CREATE TABLE activity (
  run     bigint PRIMARY KEY REFERENCES run (number),
  written bigint NOT NULL
);

CREATE TABLE attempt (
  number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id             bytea NOT NULL UNIQUE,
  run            bigint NOT NULL REFERENCES run (number),
  ordinal        bigint NOT NULL,
  repeat         bigint NOT NULL,
  rotation       bigint NOT NULL,
  generation     bigint NOT NULL,
  started        bigint NOT NULL,
  latency        bigint NOT NULL,
  status         bigint NOT NULL,
  fault          text,
  message        bytea,
  finish_reason  bytea,
  model          bytea,
  build          bytea,
  prompt_tokens  bigint,
  reply_tokens   bigint,
  decoded_tokens bigint,
  thought_tokens bigint,
  logprobs       bytea,
  sha256         text NOT NULL,
  text           bytea,
  reasoning      bytea,
  request        bytea NOT NULL,
  response       bytea NOT NULL,
  CHECK ((fault IS NULL) = (text IS NOT NULL))
);
CREATE INDEX attempt_trial ON attempt (run, ordinal, id, generation);

CREATE TABLE result (
  run        bigint NOT NULL REFERENCES run (number),
  ordinal    bigint NOT NULL,
  repeat     bigint NOT NULL,
  rotation   bigint NOT NULL,
  generation bigint NOT NULL,
  attempt    bytea NOT NULL REFERENCES attempt (id),
  PRIMARY KEY (run, ordinal, repeat, rotation)
);

-- A process that asks a run, as long as it says so.
CREATE TABLE asker (
  id      text PRIMARY KEY,
  run     bigint NOT NULL REFERENCES run (number),
  name    bytea NOT NULL,
  expires timestamptz NOT NULL
);

-- What is to be asked of a run, and who asks it: free where there is no asker, or where
-- that one has said nothing for too long. Empty while nobody asks the run.
CREATE TABLE lease (
  run        bigint NOT NULL REFERENCES run (number),
  generation bigint NOT NULL,
  ordinal    bigint NOT NULL,
  asker      text,
  epoch      bigint NOT NULL DEFAULT 0,
  ended      boolean NOT NULL DEFAULT false,
  PRIMARY KEY (run, generation, ordinal)
) WITH (fillfactor = 50);

CREATE FUNCTION proctor_keeps_attempts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_LEVEL = 'ROW' AND TG_OP = 'DELETE'
      AND current_setting('proctor.forgets', true) = OLD.run::text THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'attempts are only ever added';
END $$;
CREATE TRIGGER attempt_is_never_changed BEFORE UPDATE OR DELETE ON attempt
  FOR EACH ROW EXECUTE FUNCTION proctor_keeps_attempts();
CREATE TRIGGER attempts_are_never_emptied BEFORE TRUNCATE ON attempt
  FOR EACH STATEMENT EXECUTE FUNCTION proctor_keeps_attempts();
