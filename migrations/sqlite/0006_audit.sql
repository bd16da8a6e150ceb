-- What people and services did, one row an act, chained: hash = SHA-256 over the row and the hash before it
-- (reeve::audit::chain says how). at: UTC with microseconds, as it is hashed. request: method and path.
-- content: the commitment to object_name, old_value, new_value and reason, salted; those five may be erased, the chain
-- holds without them. All that is shown is hashed.
CREATE TABLE audit (
    seq          INTEGER PRIMARY KEY,
    version      INTEGER NOT NULL,
    at           TEXT NOT NULL,
    actor        TEXT NOT NULL,
    actor_id     INTEGER,
    on_behalf_of TEXT,
    via          TEXT NOT NULL,
    address      TEXT,
    request      TEXT,
    action       TEXT NOT NULL,
    object_kind  TEXT NOT NULL,
    object_id    TEXT NOT NULL,
    object_name  TEXT,
    old_value    TEXT,
    new_value    TEXT,
    reason       TEXT,
    salt         TEXT,
    content      TEXT NOT NULL,
    prev         TEXT NOT NULL UNIQUE,
    hash         TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX audit_by_object ON audit (object_kind, object_id, seq);
CREATE INDEX audit_by_actor ON audit (actor, seq);
CREATE INDEX audit_by_time ON audit (at);

-- The end of the chain: who writes to it holds this row until he commits.
CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;

-- A row of the log that is vouched for: signed, so that what is before it may be dropped. The first is where the log
-- begins, with a hash of chance. dropped_at: since when nothing up to seq is kept here any more.
CREATE TABLE audit_checkpoint (
    seq        INTEGER PRIMARY KEY,
    hash       TEXT NOT NULL,
    at         TEXT NOT NULL,
    key        TEXT,
    signature  TEXT,
    dropped_at TEXT
) STRICT;
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, lower(hex(randomblob(32))));
INSERT INTO audit_checkpoint (seq, hash, at, dropped_at)
    SELECT 0, hash, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', 'now') FROM audit_head;

-- Against accidents, not against who owns the database: a row can lose its content, and go when a checkpoint stands for it.
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
WHEN new.salt IS NOT NULL OR new.object_name IS NOT NULL OR new.old_value IS NOT NULL OR new.new_value IS NOT NULL
    OR new.reason IS NOT NULL OR new.seq <> old.seq OR new.hash <> old.hash OR new.prev <> old.prev OR new.content <> old.content
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN old.seq > (SELECT max(seq) FROM audit_checkpoint WHERE dropped_at IS NOT NULL)
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
