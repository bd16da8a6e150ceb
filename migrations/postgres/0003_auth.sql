-- Who is signed in. token_hash: SHA-256 of what the cookie holds, in hexadecimal digits. provider: `local`, or as reeve.toml
-- names it; issuer, sid, id_token: of an OIDC provider, for signing out there and from there.
CREATE TABLE session (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash   TEXT COLLATE "C" NOT NULL UNIQUE,
    person_id    BIGINT NOT NULL REFERENCES person (id),
    provider     TEXT NOT NULL,
    issuer       TEXT COLLATE "C",
    sid          TEXT COLLATE "C",
    id_token     TEXT,
    address      TEXT,
    agent        TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX session_by_person ON session (person_id);
CREATE INDEX session_by_sid ON session (issuer, sid);

-- Local accounts. password_hash: argon2id as a PHC string.
CREATE TABLE account (
    person_id     BIGINT PRIMARY KEY REFERENCES person (id),
    password_hash TEXT NOT NULL,
    changed_at    TIMESTAMPTZ NOT NULL
);

-- One-time links to set a password; used up, they are gone.
CREATE TABLE sign_in_link (
    token_hash TEXT COLLATE "C" PRIMARY KEY,
    person_id  BIGINT NOT NULL REFERENCES person (id),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- Browsers that somebody has signed in with. token_hash: as of a session; seen_at: when he last did.
CREATE TABLE known_device (
    token_hash TEXT COLLATE "C" PRIMARY KEY,
    login      TEXT COLLATE "C" NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL
);

-- hint: its first characters, to tell tokens apart; scopes: an array of reeve_model::permission::Scope as JSON.
CREATE TABLE api_token (
    id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id         BIGINT NOT NULL REFERENCES person (id),
    name              TEXT COLLATE "C" NOT NULL,
    token_hash        TEXT COLLATE "C" NOT NULL UNIQUE,
    hint              TEXT NOT NULL,
    scopes            TEXT NOT NULL,
    created_by        TEXT NOT NULL,
    created_at        TIMESTAMPTZ NOT NULL,
    expires_at        TIMESTAMPTZ NOT NULL,
    last_used_at      TIMESTAMPTZ,
    last_used_address TEXT,
    revoked_at        TIMESTAMPTZ
);
CREATE INDEX api_token_by_person ON api_token (person_id);

-- Whom a provider knows: (issuer, subject) is the identity, never the mail. person_id: NULL while it is a question whose it is.
CREATE TABLE identity (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issuer          TEXT COLLATE "C" NOT NULL,
    subject         TEXT COLLATE "C" NOT NULL,
    person_id       BIGINT REFERENCES person (id),
    provider        TEXT NOT NULL,
    login           TEXT NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    mail            TEXT,
    employee_number TEXT,
    first_seen_at   TIMESTAMPTZ NOT NULL,
    last_seen_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (issuer, subject)
);
CREATE INDEX identity_by_person ON identity (person_id);

-- Groups as the provider last named them.
CREATE TABLE person_group (
    person_id BIGINT NOT NULL REFERENCES person (id),
    issuer    TEXT COLLATE "C" NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (person_id, issuer, name)
);

CREATE TABLE role_assignment (
    person_id   BIGINT NOT NULL REFERENCES person (id),
    role        TEXT COLLATE "C" NOT NULL,
    assigned_at TIMESTAMPTZ NOT NULL,
    assigned_by TEXT NOT NULL,
    PRIMARY KEY (person_id, role)
);
