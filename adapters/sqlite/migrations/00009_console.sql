-- What the staff write for each other, and replies that are kept ready.
-- +goose Up
-- Internal notes on a ticket. No citizen ever reads them, so they are no part of the history.
CREATE TABLE notes (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket   TEXT    NOT NULL REFERENCES tickets (number),
    at       INTEGER NOT NULL,
    operator INTEGER NOT NULL,
    name     TEXT    NOT NULL, -- of the operator, as it was then
    text     TEXT    NOT NULL,
    key      TEXT    NOT NULL UNIQUE -- of the form: one that is sent again adds nothing
) STRICT;
CREATE INDEX notes_ticket ON notes (ticket);

CREATE TABLE mentions (
    operator INTEGER NOT NULL,
    note     INTEGER NOT NULL REFERENCES notes (id),
    read     INTEGER NOT NULL, -- when, or 0
    PRIMARY KEY (operator, note)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_unread ON mentions (operator) WHERE read = 0;

CREATE TABLE canned_replies (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    queue   TEXT    NOT NULL, -- '' for all
    locale  TEXT    NOT NULL,
    title   TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    version INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    by_whom TEXT    NOT NULL,
    UNIQUE (locale, queue, title)
) STRICT;
