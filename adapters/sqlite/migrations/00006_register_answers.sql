-- What the built-in register remembers of calls, besides what they have changed.
-- +goose Up
-- Answers that were given: a repeated call hears the same again, and nothing is done twice.
CREATE TABLE register_answers (
    conversation INTEGER NOT NULL,
    call_id      TEXT    NOT NULL, -- unique within the conversation
    operation    TEXT    NOT NULL,
    question     BLOB    NOT NULL, -- a digest of the parameters: the same call must not ask something else
    outcome      TEXT    NOT NULL,
    data         TEXT    NOT NULL, -- JSON
    at           INTEGER NOT NULL,
    PRIMARY KEY (conversation, call_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX register_answers_at ON register_answers (at);

-- Handles that stand for a citizen whose identity was checked: random, they tell nothing about who it is.
CREATE TABLE register_handles (
    handle TEXT    NOT NULL PRIMARY KEY,
    snils  TEXT    NOT NULL,
    made   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX register_handles_made ON register_handles (made);

ALTER TABLE register_codes ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE register_codes ADD COLUMN spent_by TEXT NOT NULL DEFAULT ''; -- the key of the call that a right code has served, or ''
