-- What the messengers need besides: their own names of messages, edits, the order of sending, and where they stand.
-- +goose Up
ALTER TABLE history ADD COLUMN message_id TEXT NOT NULL DEFAULT ''; -- the channel's own name of a citizen's message
ALTER TABLE history ADD COLUMN edits INTEGER NOT NULL DEFAULT 0;    -- seq of the entry that this one is a later wording of

ALTER TABLE outbox ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;  -- 0: of a dialogue; 1: nobody waits for it
ALTER TABLE outbox ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;     -- parts of a long message that are out
DROP INDEX outbox_unsent;
CREATE INDEX outbox_unsent ON outbox (priority, due, conversation) WHERE state IN ('waiting', 'sending');

-- What is to be done at a channel after a turn besides sending. A row goes when it is done or given up.
CREATE TABLE errands (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    message_id   TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX errands_due ON errands (due, id);

-- How far a channel has received.
CREATE TABLE cursors (
    name  TEXT    NOT NULL PRIMARY KEY,
    value TEXT    NOT NULL,
    at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who does what only one process may do at a time.
CREATE TABLE leases (
    name  TEXT    NOT NULL PRIMARY KEY,
    owner TEXT    NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Updates that could not be understood, for whoever mends that. The newest ones of each channel are kept.
CREATE TABLE undecodable (
    id        INTEGER PRIMARY KEY,
    channel   TEXT    NOT NULL,
    update_id TEXT    NOT NULL,
    raw       BLOB    NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX undecodable_channel ON undecodable (channel, id);
