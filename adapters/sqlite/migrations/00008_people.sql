-- The staff: more roles, what routing must know of each person, second factors, invitations, log-ins by a provider, and
-- what everybody did. A CHECK can't be changed, so the tables are built anew: sessions refer to operators and are built
-- beside them, because dropping a table that is referred to would delete the rows that refer to it.
-- +goose Up
CREATE TABLE operators_new (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    login          TEXT    NOT NULL UNIQUE,
    name           TEXT    NOT NULL,
    role           TEXT    NOT NULL CHECK (role IN ('operator', 'supervisor', 'editor', 'administrator')),
    password_hash  TEXT    NOT NULL,
    created        INTEGER NOT NULL,
    disabled       INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    queues         TEXT    NOT NULL DEFAULT '[]', -- JSON: skill groups; none of them named means all
    capacity       INTEGER NOT NULL DEFAULT 3 CHECK (capacity BETWEEN 1 AND 50),
    presence       TEXT    NOT NULL DEFAULT 'available' CHECK (presence IN ('available', 'away')),
    presence_since INTEGER NOT NULL DEFAULT 0,
    email          TEXT    NOT NULL DEFAULT '', -- in lower case
    locale         TEXT    NOT NULL DEFAULT '',
    totp_secret    TEXT    NOT NULL DEFAULT '',
    totp_used      INTEGER NOT NULL DEFAULT 0 -- the last 30-second step whose code was taken: a code serves once
) STRICT;
INSERT INTO operators_new (id, login, name, role, password_hash, created, disabled)
    SELECT id, login, name, role, password_hash, created, disabled FROM operators;

CREATE TABLE sessions_new (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    operator   INTEGER NOT NULL REFERENCES operators_new (id) ON DELETE CASCADE,
    created    INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    seen       INTEGER NOT NULL,
    address    TEXT    NOT NULL DEFAULT '',
    device     TEXT    NOT NULL DEFAULT '',
    pending    INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1)) -- the second factor is awaited
) STRICT, WITHOUT ROWID;
INSERT INTO sessions_new (token_hash, operator, created, expires, seen)
    SELECT token_hash, operator, created, expires, seen FROM sessions;

DROP TABLE sessions;
DROP TABLE operators;
ALTER TABLE operators_new RENAME TO operators;
ALTER TABLE sessions_new RENAME TO sessions;
CREATE INDEX sessions_operator ON sessions (operator);
CREATE INDEX sessions_expires ON sessions (expires);
CREATE INDEX operators_email ON operators (email) WHERE email <> '';

CREATE TABLE recovery_codes (
    operator  INTEGER NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    code_hash BLOB    NOT NULL,
    PRIMARY KEY (operator, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB    NOT NULL UNIQUE,
    operator   INTEGER NOT NULL, -- whose password it renews; 0: it makes a new person
    login      TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    queues     TEXT    NOT NULL,
    capacity   INTEGER NOT NULL,
    email      TEXT    NOT NULL,
    by_whom    INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    expires    INTEGER NOT NULL
) STRICT;

-- Who somebody is at an OpenID provider.
CREATE TABLE identities (
    issuer   TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    operator INTEGER NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    created  INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_operator ON identities (operator);

-- What the staff did and looked at. Lines are added and never changed; no personal data of citizens stands in them.
CREATE TABLE audit (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    operator INTEGER NOT NULL, -- 0: nobody known
    login    TEXT    NOT NULL, -- as it was then
    address  TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    ticket   TEXT    NOT NULL,
    subject  TEXT    NOT NULL, -- what else it was done to
    details  TEXT    NOT NULL  -- JSON: what changed
) STRICT;
CREATE INDEX audit_operator ON audit (operator, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_ticket ON audit (ticket, id) WHERE ticket <> '';
CREATE INDEX audit_at ON audit (at);
-- +goose StatementBegin
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- +goose StatementEnd
