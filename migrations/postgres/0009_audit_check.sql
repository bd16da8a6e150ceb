-- What the latest check of the whole audit log found; before the first one at is null.
CREATE TABLE audit_check (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    at         TIMESTAMPTZ,
    from_seq   BIGINT NOT NULL DEFAULT 0,
    last_seq   BIGINT NOT NULL DEFAULT 0,
    elapsed_ms BIGINT NOT NULL DEFAULT 0,
    broken_seq BIGINT,
    fault      TEXT
);
INSERT INTO audit_check (id) VALUES (1);

-- For who asks what was done in somebody's name, or all acts of a kind.
CREATE INDEX audit_by_principal ON audit (on_behalf_of, seq) WHERE on_behalf_of IS NOT NULL;
CREATE INDEX audit_by_action ON audit (action, seq);
