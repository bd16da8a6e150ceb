-- Who is signed in. token_hash: SHA-256 of what the cookie holds, in hexadecimal digits. provider: `local`, or as reeve.toml
-- names it; issuer, sid, id_token: of an OIDC provider, for signing out there and from there.
CREATE TABLE session (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash   TEXT NOT NULL UNIQUE,
    person_id    INTEGER NOT NULL REFERENCES person (id),
    provider     TEXT NOT NULL,
    issuer       TEXT,
    sid          TEXT,
    id_token     TEXT,
    address      TEXT,
    agent        TEXT,
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at   TEXT NOT NULL
) STRICT;
CREATE INDEX session_by_person ON session (person_id);
CREATE INDEX session_by_sid ON session (issuer, sid);

-- Local accounts. password_hash: argon2id as a PHC string.
CREATE TABLE account (
    person_id     INTEGER PRIMARY KEY REFERENCES person (id),
    password_hash TEXT NOT NULL,
    changed_at    TEXT NOT NULL
) STRICT;

-- One-time links to set a password; used up, they are gone.
CREATE TABLE sign_in_link (
    token_hash TEXT PRIMARY KEY,
    person_id  INTEGER NOT NULL REFERENCES person (id),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;

-- Browsers that somebody has signed in with. token_hash: as of a session; seen_at: when he last did.
CREATE TABLE known_device (
    token_hash TEXT PRIMARY KEY,
    login      TEXT NOT NULL,
    seen_at    TEXT NOT NULL
) STRICT;

-- hint: its first characters, to tell tokens apart; scopes: an array of reeve_model::permission::Scope as JSON.
CREATE TABLE api_token (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id         INTEGER NOT NULL REFERENCES person (id),
    name              TEXT NOT NULL,
    token_hash        TEXT NOT NULL UNIQUE,
    hint              TEXT NOT NULL,
    scopes            TEXT NOT NULL,
    created_by        TEXT NOT NULL,
    created_at        TEXT NOT NULL,
    expires_at        TEXT NOT NULL,
    last_used_at      TEXT,
    last_used_address TEXT,
    revoked_at        TEXT
) STRICT;
CREATE INDEX api_token_by_person ON api_token (person_id);

-- Whom a provider knows: (issuer, subject) is the identity, never the mail. person_id: NULL while it is a question whose it is.
CREATE TABLE identity (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    issuer          TEXT NOT NULL,
    subject         TEXT NOT NULL,
    person_id       INTEGER REFERENCES person (id),
    provider        TEXT NOT NULL,
    login           TEXT NOT NULL,
    name            TEXT NOT NULL,
    mail            TEXT,
    employee_number TEXT,
    first_seen_at   TEXT NOT NULL,
    last_seen_at    TEXT NOT NULL,
    UNIQUE (issuer, subject)
) STRICT;
CREATE INDEX identity_by_person ON identity (person_id);

-- Groups as the provider last named them.
CREATE TABLE person_group (
    person_id INTEGER NOT NULL REFERENCES person (id),
    issuer    TEXT NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (person_id, issuer, name)
) STRICT;

CREATE TABLE role_assignment (
    person_id   INTEGER NOT NULL REFERENCES person (id),
    role        TEXT NOT NULL,
    assigned_at TEXT NOT NULL,
    assigned_by TEXT NOT NULL,
    PRIMARY KEY (person_id, role)
) STRICT;
