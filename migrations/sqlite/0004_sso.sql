-- A sign-in that has begun here and goes on at an OpenID provider. state_hash, browser_hash: SHA-256 of what the address holds
-- and of what only this browser has. used_at: a state is good once. next: a path of the portal.
CREATE TABLE oidc_flow (
    state_hash    TEXT PRIMARY KEY,
    provider      TEXT NOT NULL,
    browser_hash  TEXT NOT NULL,
    nonce         TEXT NOT NULL,
    pkce_verifier TEXT NOT NULL,
    next          TEXT NOT NULL,
    begun_at      TEXT NOT NULL,
    expires_at    TEXT NOT NULL,
    used_at       TEXT
) STRICT;
CREATE INDEX oidc_flow_by_end ON oidc_flow (expires_at);

-- Logout tokens that providers sent: each is good once.
CREATE TABLE oidc_logout (
    issuer     TEXT NOT NULL,
    jti        TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (issuer, jti)
) STRICT;
