-- The desk: offers, the life of a ticket, merging, rating; and what lists of thousands of open tickets need.
-- +goose Up
ALTER TABLE tickets ADD COLUMN language      TEXT    NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN former        INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN offered_to    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN offered_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN fence         INTEGER NOT NULL DEFAULT 0; -- grows with each change of hands
ALTER TABLE tickets ADD COLUMN escalated     INTEGER NOT NULL DEFAULT 0 CHECK (escalated IN (0, 1));
ALTER TABLE tickets ADD COLUMN taken         INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN first_reply   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN last_staff    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN last_citizen  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN solved        INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN resolution    TEXT    NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN wants         TEXT    NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN reopened      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN merged_into   TEXT    NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN follows       TEXT    NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN rating        INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5);
ALTER TABLE tickets ADD COLUMN rating_text   TEXT    NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN search        TEXT    NOT NULL DEFAULT ''; -- the subject in lower case: SQLite can't fold Cyrillic

ALTER TABLE ticket_changes ADD COLUMN kind          TEXT    NOT NULL DEFAULT '';
ALTER TABLE ticket_changes ADD COLUMN operator      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket_changes ADD COLUMN from_operator INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket_changes ADD COLUMN to_operator   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket_changes ADD COLUMN queue         TEXT    NOT NULL DEFAULT '';

-- Every view of the inbox reads its page in the order of an index and stops there; counts read an index only.
CREATE INDEX tickets_queue ON tickets (queue, priority DESC, opened, number) WHERE status IN ('new', 'in_work', 'clarify');
CREATE INDEX tickets_waiting ON tickets (queue, priority DESC, opened, number) WHERE status IN ('new', 'in_work', 'clarify') AND operator = 0;
CREATE INDEX tickets_own ON tickets (operator, priority DESC, opened, number) WHERE status IN ('new', 'in_work', 'clarify') AND operator <> 0;
CREATE INDEX tickets_offered ON tickets (offered_to) WHERE offered_to <> 0;
CREATE INDEX tickets_due ON tickets (due, number) WHERE status IN ('new', 'in_work', 'clarify') AND due <> 0;
CREATE INDEX tickets_ended ON tickets (changed DESC, number) WHERE status IN ('solved', 'closed');
