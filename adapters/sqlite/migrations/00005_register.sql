-- The built-in register (adapters/register): sample data that stands in for the state's registers.
-- Days are 'YYYY-MM-DD'; moments are unix milliseconds.
-- +goose Up
CREATE TABLE register_citizens (
    snils    TEXT NOT NULL PRIMARY KEY,
    inn      TEXT NOT NULL,
    name     TEXT NOT NULL,
    born     TEXT NOT NULL, -- a day
    passport TEXT NOT NULL,
    phone    TEXT NOT NULL,
    email    TEXT NOT NULL
) STRICT;
CREATE INDEX register_citizens_inn ON register_citizens (inn);

CREATE TABLE register_applications (
    number   TEXT NOT NULL PRIMARY KEY,
    snils    TEXT NOT NULL,
    service  TEXT NOT NULL,
    status   TEXT NOT NULL,
    expected TEXT NOT NULL, -- a day, or ''
    filed    TEXT NOT NULL, -- a day
    details  TEXT NOT NULL  -- JSON
) STRICT;
CREATE INDEX register_applications_snils ON register_applications (snils);

CREATE TABLE register_codes (
    id        TEXT    NOT NULL PRIMARY KEY,
    snils     TEXT    NOT NULL,
    code_hash BLOB    NOT NULL,
    attempts  INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    used      INTEGER NOT NULL -- when, or 0
) STRICT;
CREATE INDEX register_codes_snils ON register_codes (snils);

CREATE TABLE register_orders (
    number   TEXT    NOT NULL PRIMARY KEY,
    snils    TEXT    NOT NULL,
    document TEXT    NOT NULL,
    delivery TEXT    NOT NULL,
    filed    INTEGER NOT NULL,
    key      TEXT    NOT NULL UNIQUE -- of the call that made it: a repeated call finds its order
) STRICT;
CREATE INDEX register_orders_snils ON register_orders (snils);

CREATE TABLE register_works (
    id     INTEGER PRIMARY KEY,
    starts INTEGER NOT NULL,
    ends   INTEGER NOT NULL,
    what   TEXT    NOT NULL
) STRICT;

CREATE TABLE register_faults (
    number TEXT NOT NULL PRIMARY KEY,
    answer TEXT NOT NULL
) STRICT;

-- What the built-in senders would have sent by SMS or e-mail: kept for a developer to look at, sent to nobody.
CREATE TABLE outgoing_notices (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('sms', 'email')),
    to_address TEXT    NOT NULL,
    text       TEXT    NOT NULL
) STRICT;
