-- One citizen on several channels. A code is known by its hash only; tries that failed are counted to stop guessing.
-- +goose Up
ALTER TABLE conversations ADD COLUMN person INTEGER NOT NULL DEFAULT 0; -- conversations of one person share it; 0 means nobody else's
CREATE INDEX conversations_person ON conversations (person) WHERE person <> 0;

CREATE TABLE move_codes (
    code_hash    BLOB    NOT NULL PRIMARY KEY,
    conversation INTEGER NOT NULL,
    made         INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    spent_by     INTEGER NOT NULL DEFAULT 0,  -- the conversation that has used it, or 0
    old_channel  TEXT    NOT NULL DEFAULT '', -- where the conversation was before it moved
    old_peer     TEXT    NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX move_codes_conversation ON move_codes (conversation, made);
CREATE INDEX move_codes_expires ON move_codes (expires);

CREATE TABLE move_tries (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX move_tries_at ON move_tries (at, conversation);
