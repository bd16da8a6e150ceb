-- What SQLite has and PostgreSQL has not, so that one SQL text serves both: the rows of a JSON array, where a text stands
-- in another, and a type for times whose name SQLite takes for text.
CREATE FUNCTION json_each(rows text) RETURNS TABLE (value json) LANGUAGE sql IMMUTABLE
    AS 'SELECT json_array_elements(CAST(rows AS json))';
CREATE FUNCTION instr(whole text, part text) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT strpos(whole, part)';
CREATE DOMAIN timetext AS timestamptz;

-- identity: reeve::ingest::metastore::Known as JSON, what the source last said of itself; complete_at: when a crawl of it
-- last ended complete; latest_crawl_id: its newest crawl.
CREATE TABLE source (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            TEXT COLLATE "C" NOT NULL UNIQUE,
    kind            TEXT NOT NULL,
    identity        TEXT,
    complete_at     TIMESTAMPTZ,
    latest_crawl_id BIGINT,
    created_at      TIMESTAMPTZ NOT NULL
);

-- What databases, tables, and later directories, people and teams have in common. Everything that is about an asset
-- refers to it here. The kind is `database`, `table` or `view`; a person belongs to no source.
CREATE TABLE asset (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind      TEXT NOT NULL,
    source_id BIGINT REFERENCES source (id)
);

-- is_first: nothing of the source was known before it.
-- counts: reeve_model::crawl::Counts as JSON; notes: an array of reeve_model::crawl::Note
CREATE TABLE crawl (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id        BIGINT NOT NULL REFERENCES source (id),
    state            TEXT NOT NULL,
    is_first         BOOLEAN NOT NULL,
    started_at       TIMESTAMPTZ NOT NULL,
    finished_at      TIMESTAMPTZ,
    databases_listed BIGINT NOT NULL DEFAULT 0,
    databases_done   BIGINT NOT NULL DEFAULT 0,
    counts           TEXT NOT NULL,
    notes            TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX crawl_by_source ON crawl (source_id, id);

CREATE TABLE crawl_database (
    crawl_id   BIGINT NOT NULL REFERENCES crawl (id) ON DELETE CASCADE,
    name       TEXT COLLATE "C" NOT NULL,
    complete   BOOLEAN NOT NULL,
    elapsed_ms BIGINT NOT NULL,
    counts     TEXT NOT NULL,
    PRIMARY KEY (crawl_id, name)
);

CREATE TABLE crawl_failure (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    crawl_id      BIGINT NOT NULL REFERENCES crawl (id) ON DELETE CASCADE,
    database_name TEXT,
    object_name   TEXT,
    part          TEXT NOT NULL,
    reason        TEXT NOT NULL
);
CREATE INDEX crawl_failure_by_crawl ON crawl_failure (crawl_id, id);

-- table_count, view_count, size_bytes: of what is live in it, as of the end of its last crawl.
CREATE TABLE catalog_database (
    id            BIGINT PRIMARY KEY REFERENCES asset (id),
    source_id     BIGINT NOT NULL REFERENCES source (id),
    name          TEXT COLLATE "C" NOT NULL,
    description   TEXT,
    location      TEXT,
    owner         TEXT,
    parameters    TEXT NOT NULL,
    table_count   BIGINT NOT NULL DEFAULT 0,
    view_count    BIGINT NOT NULL DEFAULT 0,
    size_bytes    BIGINT,
    first_seen_at TIMESTAMPTZ NOT NULL,
    checked_at    TIMESTAMPTZ,
    deleted_at    TIMESTAMPTZ,
    UNIQUE (source_id, name)
);
CREATE INDEX catalog_database_by_name ON catalog_database (lower(name));

-- A table that was dropped and made again is a new row: predecessor_id is the one before it, story_id the first of all.
-- source_key: the source's own number of it. remarks: an array of reeve_model::asset::Remark.
-- columns, partition_keys, parameters: JSON, read and written whole; one row per column would make
-- a million tables twenty million rows to read at every rebuild of the index.
CREATE TABLE catalog_table (
    id              BIGINT PRIMARY KEY REFERENCES asset (id),
    database_id     BIGINT NOT NULL REFERENCES catalog_database (id),
    name            TEXT COLLATE "C" NOT NULL,
    story_id        BIGINT NOT NULL REFERENCES asset (id),
    predecessor_id  BIGINT REFERENCES asset (id),
    source_key      TEXT,
    table_type      TEXT NOT NULL,
    is_view         BOOLEAN NOT NULL,
    description     TEXT,
    owner           TEXT,
    format          TEXT,
    input_format    TEXT,
    serde           TEXT,
    location        TEXT,
    created_at      TIMESTAMPTZ,
    changed_at      TIMESTAMPTZ,
    size_bytes      BIGINT,
    file_count      BIGINT,
    row_count       BIGINT,
    column_count    BIGINT NOT NULL,
    partition_count BIGINT NOT NULL DEFAULT 0,
    columns         TEXT NOT NULL,
    partition_keys  TEXT NOT NULL,
    parameters      TEXT NOT NULL,
    schema_from     TEXT NOT NULL,
    remarks         TEXT NOT NULL,
    view_text       TEXT,
    fingerprint     BIGINT NOT NULL,
    first_seen_at   TIMESTAMPTZ NOT NULL,
    deleted_at      TIMESTAMPTZ
);
-- One of a name at a time; those that are gone keep theirs.
CREATE UNIQUE INDEX catalog_table_live ON catalog_table (database_id, name) WHERE deleted_at IS NULL;
CREATE INDEX catalog_table_in_database ON catalog_table (database_id, name);
CREATE INDEX catalog_table_by_name ON catalog_table (lower(name));
CREATE INDEX catalog_table_by_story ON catalog_table (story_id);

-- location: NULL where it is the table's location and the partition's name, as nearly always.
-- created_s, changed_s: seconds since 1970, as the metastore keeps them.
CREATE TABLE catalog_partition (
    table_id    BIGINT NOT NULL REFERENCES catalog_table (id),
    name        TEXT COLLATE "C" NOT NULL,
    location    TEXT,
    created_s   BIGINT,
    changed_s   BIGINT,
    size_bytes  BIGINT,
    file_count  BIGINT,
    row_count   BIGINT,
    parameters  TEXT,
    fingerprint BIGINT NOT NULL,
    deleted_at  TIMESTAMPTZ,
    PRIMARY KEY (table_id, name)
);

-- Who did it: a crawl, or a person (actor), perhaps by way of a request.
CREATE TABLE history (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id   BIGINT NOT NULL REFERENCES asset (id),
    at         TIMESTAMPTZ NOT NULL,
    crawl_id   BIGINT REFERENCES crawl (id),
    actor      TEXT,
    request_id BIGINT,
    kind       TEXT NOT NULL,
    field      TEXT,
    old_value  TEXT,
    new_value  TEXT
);
CREATE INDEX history_by_asset ON history (asset_id, id);

-- What the index has to look at again, in the order of commits.
CREATE TABLE change_log (
    seq      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id BIGINT NOT NULL REFERENCES asset (id)
);

-- What a crawl did not find and did not dare to bury, until a person decides. place: of what it is missing, a database or
-- `db.table`; empty for the source. allowed: how many objects might have gone without asking.
-- identity: for another source, what it says of itself.
CREATE TABLE removal (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id  BIGINT NOT NULL REFERENCES source (id),
    crawl_id   BIGINT NOT NULL REFERENCES crawl (id),
    cause      TEXT NOT NULL,
    place      TEXT NOT NULL,
    missing    BIGINT NOT NULL,
    total      BIGINT NOT NULL,
    allowed    BIGINT NOT NULL,
    identity   TEXT,
    detail     TEXT,
    state      TEXT NOT NULL,
    asked_at   TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    decided_by TEXT,
    reason     TEXT
);
-- One question of a kind about a place at a time.
CREATE UNIQUE INDEX removal_pending ON removal (source_id, cause, place) WHERE state = 'pending';
CREATE INDEX removal_by_source ON removal (source_id, id);

-- partition_name: empty where the asset itself is missing.
CREATE TABLE removal_item (
    removal_id     BIGINT NOT NULL REFERENCES removal (id) ON DELETE CASCADE,
    asset_id       BIGINT NOT NULL REFERENCES asset (id),
    partition_name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (removal_id, asset_id, partition_name)
);

-- work: reeve::jobs::Work as JSON. attempt: how often it was claimed; a claim's number is its fencing token.
-- lane: reeve::jobs::Lane. only_one: of one key there is one job at a time. message: of the last attempt that failed.
CREATE TABLE job (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    lane         TEXT NOT NULL,
    only_one     TEXT,
    work         TEXT NOT NULL,
    state        TEXT NOT NULL,
    attempt      BIGINT NOT NULL DEFAULT 0,
    run_at       TIMESTAMPTZ NOT NULL,
    worker       TEXT,
    heartbeat_at TIMESTAMPTZ,
    message      TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    finished_at  TIMESTAMPTZ
);
CREATE UNIQUE INDEX job_active ON job (only_one) WHERE state IN ('queued', 'running');
CREATE INDEX job_due ON job (lane, run_at, id) WHERE state = 'queued';
CREATE INDEX job_running ON job (id) WHERE state = 'running';

-- What comes round: work is reeve::jobs::Recurring as JSON, kind and subject its key.
CREATE TABLE schedule (
    kind          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    work          TEXT NOT NULL,
    every_seconds BIGINT NOT NULL,
    next_run_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (kind, subject)
);
