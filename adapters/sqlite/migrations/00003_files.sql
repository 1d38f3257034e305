-- +goose Up
CREATE TABLE files (
    id      INTEGER PRIMARY KEY,
    file_id TEXT    NOT NULL UNIQUE,
    channel TEXT    NOT NULL,
    peer    TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    mime    TEXT    NOT NULL,
    size    INTEGER NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX files_peer ON files (channel, peer, at);

-- The content in pieces, so that a download holds one of them in memory and no read transaction.
CREATE TABLE file_parts (
    file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    body BLOB    NOT NULL,
    UNIQUE (file, part)
) STRICT;
