-- A sign-in that has begun here and goes on at an OpenID provider. state_hash, browser_hash: SHA-256 of what the address holds
-- and of what only this browser has. used_at: a state is good once. next: a path of the portal.
CREATE TABLE oidc_flow (
    state_hash    TEXT COLLATE "C" PRIMARY KEY,
    provider      TEXT COLLATE "C" NOT NULL,
    browser_hash  TEXT COLLATE "C" NOT NULL,
    nonce         TEXT COLLATE "C" NOT NULL,
    pkce_verifier TEXT COLLATE "C" NOT NULL,
    next          TEXT NOT NULL,
    begun_at      TIMESTAMPTZ NOT NULL,
    expires_at    TIMESTAMPTZ NOT NULL,
    used_at       TIMESTAMPTZ
);
CREATE INDEX oidc_flow_by_end ON oidc_flow (expires_at);

-- Logout tokens that providers sent: each is good once.
CREATE TABLE oidc_logout (
    issuer     TEXT COLLATE "C" NOT NULL,
    jti        TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (issuer, jti)
);
