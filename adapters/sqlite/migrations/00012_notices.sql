-- What the staff tell everybody: planned works and faults that are known.
-- +goose Up
CREATE TABLE notices (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL CHECK (kind IN ('works', 'fault')),
    texts      TEXT    NOT NULL, -- JSON: locale → text
    starts     INTEGER NOT NULL,
    ends       INTEGER NOT NULL, -- 0: nobody knows yet
    made_by    TEXT    NOT NULL, -- a login
    made       INTEGER NOT NULL,
    ended      INTEGER NOT NULL DEFAULT 0, -- when the staff have ended it, or 0
    ended_by   TEXT    NOT NULL DEFAULT '',
    request    TEXT    NOT NULL UNIQUE -- of the form that made it: sent twice, it makes one
) STRICT;
CREATE INDEX notices_open ON notices (ended, ends);

-- Who has reported a fault, and whether they have been told that it is mended.
CREATE TABLE notice_tickets (
    notice INTEGER NOT NULL REFERENCES notices (id),
    ticket TEXT    NOT NULL REFERENCES tickets (number),
    told   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (notice, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_tickets_untold ON notice_tickets (notice) WHERE told = 0;
