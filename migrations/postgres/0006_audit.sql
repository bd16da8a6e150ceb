-- What people and services did, one row an act, chained: hash = SHA-256 over the row and the hash before it
-- (reeve::audit::chain says how). at: UTC with microseconds, as it is hashed. request: method and path.
-- content: the commitment to object_name, old_value, new_value and reason, salted; those five may be erased, the chain
-- holds without them. All that is shown is hashed.
CREATE TABLE audit (
    seq          BIGINT PRIMARY KEY,
    version      BIGINT NOT NULL,
    at           TEXT COLLATE "C" NOT NULL,
    actor        TEXT COLLATE "C" NOT NULL,
    actor_id     BIGINT,
    on_behalf_of TEXT,
    via          TEXT NOT NULL,
    address      TEXT,
    request      TEXT,
    action       TEXT COLLATE "C" NOT NULL,
    object_kind  TEXT COLLATE "C" NOT NULL,
    object_id    TEXT COLLATE "C" NOT NULL,
    object_name  TEXT,
    old_value    TEXT,
    new_value    TEXT,
    reason       TEXT,
    salt         TEXT,
    content      TEXT NOT NULL,
    prev         TEXT NOT NULL UNIQUE,
    hash         TEXT NOT NULL UNIQUE
);
CREATE INDEX audit_by_object ON audit (object_kind, object_id, seq);
CREATE INDEX audit_by_actor ON audit (actor, seq);
CREATE INDEX audit_by_time ON audit (at);

-- The end of the chain: who writes to it holds this row until he commits.
CREATE TABLE audit_head (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash TEXT NOT NULL
);

-- A row of the log that is vouched for: signed, so that what is before it may be dropped. The first is where the log
-- begins, with a hash of chance. dropped_at: since when nothing up to seq is kept here any more.
CREATE TABLE audit_checkpoint (
    seq        BIGINT PRIMARY KEY,
    hash       TEXT NOT NULL,
    at         TEXT COLLATE "C" NOT NULL,
    key        TEXT,
    signature  TEXT,
    dropped_at TEXT
);
INSERT INTO audit_head (id, seq, hash)
    VALUES (1, 0, encode(sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid()), 'UTF8')), 'hex'));
INSERT INTO audit_checkpoint (seq, hash, at, dropped_at)
    SELECT 0, hash, t, t FROM audit_head, (SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS t) AS moment;

-- Against accidents, not against who owns the database: a row can lose its content, and go when a checkpoint stands for it.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF old.seq > (SELECT max(seq) FROM audit_checkpoint WHERE dropped_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the audit log is append-only';
    END IF;
    RETURN old;
END
$$;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit FOR EACH ROW
WHEN (new.salt IS NOT NULL OR new.object_name IS NOT NULL OR new.old_value IS NOT NULL OR new.new_value IS NOT NULL
    OR new.reason IS NOT NULL OR new.seq <> old.seq OR new.hash <> old.hash OR new.prev <> old.prev OR new.content <> old.content)
EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_kept();
CREATE TRIGGER audit_is_whole BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
