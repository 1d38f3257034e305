-- +goose Up
CREATE TABLE tickets (
    number        TEXT    NOT NULL PRIMARY KEY,
    conversation  INTEGER NOT NULL,
    channel       TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    queue         TEXT    NOT NULL,
    priority      TEXT    NOT NULL CHECK (priority IN ('normal', 'urgent')), -- in this order: lists sort by it, descending
    status        TEXT    NOT NULL CHECK (status IN ('new', 'in_work', 'clarify', 'solved', 'closed')),
    reason        TEXT    NOT NULL,
    topic         TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    operator      INTEGER NOT NULL,
    operator_name TEXT    NOT NULL,
    opened        INTEGER NOT NULL,
    due           INTEGER NOT NULL,
    changed       INTEGER NOT NULL
) STRICT;
CREATE INDEX tickets_open ON tickets (priority DESC, opened, number) WHERE status IN ('new', 'in_work', 'clarify');
CREATE INDEX tickets_closed ON tickets (priority DESC, opened, number) WHERE status IN ('solved', 'closed');
CREATE INDEX tickets_conversation ON tickets (conversation);
CREATE INDEX tickets_operator ON tickets (operator) WHERE operator <> 0;

CREATE TABLE ticket_changes (
    id      INTEGER PRIMARY KEY,
    ticket  TEXT    NOT NULL REFERENCES tickets (number),
    at      INTEGER NOT NULL,
    status  TEXT    NOT NULL,
    by_whom TEXT    NOT NULL,
    note    TEXT    NOT NULL
) STRICT;
CREATE INDEX ticket_changes_ticket ON ticket_changes (ticket);
