-- Times are unix milliseconds in UTC; 0 stands for "none".
-- +goose Up
CREATE TABLE conversations (
    id      INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: outbox keys and VK's random_id come from it
    channel TEXT    NOT NULL,
    peer    TEXT    NOT NULL,
    version INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    owner   TEXT    NOT NULL,
    state   BLOB    NOT NULL,
    opened  INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    UNIQUE (channel, peer)
) STRICT;

-- What was handled. One B-tree and no rowid: a turn touches one page of it, and the newest page of the channel where
-- the platform numbers its updates.
CREATE TABLE updates (
    channel      TEXT    NOT NULL,
    update_id    TEXT    NOT NULL,
    conversation INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (channel, update_id)
) STRICT, WITHOUT ROWID;

-- Rows are appended in the order of commits; the index finds a conversation's own. 1.6 times the turns per second of a
-- table clustered by conversation (research/storage.md, 2.2).
CREATE TABLE history (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    author       TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    update_id    TEXT    NOT NULL,
    body         BLOB    NOT NULL,
    trace        BLOB,
    UNIQUE (conversation, seq)
) STRICT;

-- Messages on their way; the body is in the history. A row goes when its message has arrived, so the table stays small.
CREATE TABLE outbox (
    conversation INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'sending', 'unknown', 'failed')),
    attempts     INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    error        TEXT    NOT NULL,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_unsent ON outbox (due, conversation) WHERE state IN ('waiting', 'sending');

CREATE TABLE timers (
    conversation INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    due          INTEGER NOT NULL,
    PRIMARY KEY (conversation, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due);

-- Service calls whose answer is awaited.
CREATE TABLE calls (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    call_id      TEXT    NOT NULL,
    body         BLOB    NOT NULL,
    at           INTEGER NOT NULL,
    UNIQUE (conversation, call_id)
) STRICT;

CREATE TABLE series (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
