-- What the latest check of the whole audit log found; before the first one at is null.
CREATE TABLE audit_check (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    at         TEXT,
    from_seq   INTEGER NOT NULL DEFAULT 0,
    last_seq   INTEGER NOT NULL DEFAULT 0,
    elapsed_ms INTEGER NOT NULL DEFAULT 0,
    broken_seq INTEGER,
    fault      TEXT
) STRICT;
INSERT INTO audit_check (id) VALUES (1);

-- For who asks what was done in somebody's name, or all acts of a kind.
CREATE INDEX audit_by_principal ON audit (on_behalf_of, seq) WHERE on_behalf_of IS NOT NULL;
CREATE INDEX audit_by_action ON audit (action, seq);
