-- identity: reeve::ingest::metastore::Known as JSON, what the source last said of itself; complete_at: when a crawl of it
-- last ended complete; latest_crawl_id: its newest crawl.
CREATE TABLE source (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    name            TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL,
    identity        TEXT,
    complete_at     TEXT,
    latest_crawl_id INTEGER,
    created_at      TEXT NOT NULL
) STRICT;

-- What databases, tables, and later directories, people and teams have in common. Everything that is about an asset
-- refers to it here. The kind is `database`, `table` or `view`; a person belongs to no source.
CREATE TABLE asset (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    kind      TEXT NOT NULL,
    source_id INTEGER REFERENCES source (id)
) STRICT;

-- is_first: nothing of the source was known before it.
-- counts: reeve_model::crawl::Counts as JSON; notes: an array of reeve_model::crawl::Note
CREATE TABLE crawl (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id        INTEGER NOT NULL REFERENCES source (id),
    state            TEXT NOT NULL,
    is_first         INTEGER NOT NULL,
    started_at       TEXT NOT NULL,
    finished_at      TEXT,
    databases_listed INTEGER NOT NULL DEFAULT 0,
    databases_done   INTEGER NOT NULL DEFAULT 0,
    counts           TEXT NOT NULL,
    notes            TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX crawl_by_source ON crawl (source_id, id);

CREATE TABLE crawl_database (
    crawl_id   INTEGER NOT NULL REFERENCES crawl (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    complete   INTEGER NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    counts     TEXT NOT NULL,
    PRIMARY KEY (crawl_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE crawl_failure (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    crawl_id      INTEGER NOT NULL REFERENCES crawl (id) ON DELETE CASCADE,
    database_name TEXT,
    object_name   TEXT,
    part          TEXT NOT NULL,
    reason        TEXT NOT NULL
) STRICT;
CREATE INDEX crawl_failure_by_crawl ON crawl_failure (crawl_id, id);

-- table_count, view_count, size_bytes: of what is live in it, as of the end of its last crawl.
CREATE TABLE catalog_database (
    id            INTEGER PRIMARY KEY REFERENCES asset (id),
    source_id     INTEGER NOT NULL REFERENCES source (id),
    name          TEXT NOT NULL,
    description   TEXT,
    location      TEXT,
    owner         TEXT,
    parameters    TEXT NOT NULL,
    table_count   INTEGER NOT NULL DEFAULT 0,
    view_count    INTEGER NOT NULL DEFAULT 0,
    size_bytes    INTEGER,
    first_seen_at TEXT NOT NULL,
    checked_at    TEXT,
    deleted_at    TEXT,
    UNIQUE (source_id, name)
) STRICT;
CREATE INDEX catalog_database_by_name ON catalog_database (lower(name));

-- A table that was dropped and made again is a new row: predecessor_id is the one before it, story_id the first of all.
-- source_key: the source's own number of it. remarks: an array of reeve_model::asset::Remark.
-- columns, partition_keys, parameters: JSON, read and written whole; one row per column would make
-- a million tables twenty million rows to read at every rebuild of the index.
CREATE TABLE catalog_table (
    id              INTEGER PRIMARY KEY REFERENCES asset (id),
    database_id     INTEGER NOT NULL REFERENCES catalog_database (id),
    name            TEXT NOT NULL,
    story_id        INTEGER NOT NULL REFERENCES asset (id),
    predecessor_id  INTEGER REFERENCES asset (id),
    source_key      TEXT,
    table_type      TEXT NOT NULL,
    is_view         INTEGER NOT NULL,
    description     TEXT,
    owner           TEXT,
    format          TEXT,
    input_format    TEXT,
    serde           TEXT,
    location        TEXT,
    created_at      TEXT,
    changed_at      TEXT,
    size_bytes      INTEGER,
    file_count      INTEGER,
    row_count       INTEGER,
    column_count    INTEGER NOT NULL,
    partition_count INTEGER NOT NULL DEFAULT 0,
    columns         TEXT NOT NULL,
    partition_keys  TEXT NOT NULL,
    parameters      TEXT NOT NULL,
    schema_from     TEXT NOT NULL,
    remarks         TEXT NOT NULL,
    view_text       TEXT,
    fingerprint     INTEGER NOT NULL,
    first_seen_at   TEXT NOT NULL,
    deleted_at      TEXT
) STRICT;
-- One of a name at a time; those that are gone keep theirs.
CREATE UNIQUE INDEX catalog_table_live ON catalog_table (database_id, name) WHERE deleted_at IS NULL;
CREATE INDEX catalog_table_in_database ON catalog_table (database_id, name);
CREATE INDEX catalog_table_by_name ON catalog_table (lower(name));
CREATE INDEX catalog_table_by_story ON catalog_table (story_id);

-- location: NULL where it is the table's location and the partition's name, as nearly always.
-- created_s, changed_s: seconds since 1970, as the metastore keeps them.
CREATE TABLE catalog_partition (
    table_id    INTEGER NOT NULL REFERENCES catalog_table (id),
    name        TEXT NOT NULL,
    location    TEXT,
    created_s   INTEGER,
    changed_s   INTEGER,
    size_bytes  INTEGER,
    file_count  INTEGER,
    row_count   INTEGER,
    parameters  TEXT,
    fingerprint INTEGER NOT NULL,
    deleted_at  TEXT,
    PRIMARY KEY (table_id, name)
) STRICT, WITHOUT ROWID;

-- Who did it: a crawl, or a person (actor), perhaps by way of a request.
CREATE TABLE history (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    asset_id   INTEGER NOT NULL REFERENCES asset (id),
    at         TEXT NOT NULL,
    crawl_id   INTEGER REFERENCES crawl (id),
    actor      TEXT,
    request_id INTEGER,
    kind       TEXT NOT NULL,
    field      TEXT,
    old_value  TEXT,
    new_value  TEXT
) STRICT;
CREATE INDEX history_by_asset ON history (asset_id, id);

-- What the index has to look at again, in the order of commits.
CREATE TABLE change_log (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    asset_id INTEGER NOT NULL REFERENCES asset (id)
) STRICT;

-- What a crawl did not find and did not dare to bury, until a person decides. place: of what it is missing, a database or
-- `db.table`; empty for the source. allowed: how many objects might have gone without asking.
-- identity: for another source, what it says of itself.
CREATE TABLE removal (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id  INTEGER NOT NULL REFERENCES source (id),
    crawl_id   INTEGER NOT NULL REFERENCES crawl (id),
    cause      TEXT NOT NULL,
    place      TEXT NOT NULL,
    missing    INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    allowed    INTEGER NOT NULL,
    identity   TEXT,
    detail     TEXT,
    state      TEXT NOT NULL,
    asked_at   TEXT NOT NULL,
    decided_at TEXT,
    decided_by TEXT,
    reason     TEXT
) STRICT;
-- One question of a kind about a place at a time.
CREATE UNIQUE INDEX removal_pending ON removal (source_id, cause, place) WHERE state = 'pending';
CREATE INDEX removal_by_source ON removal (source_id, id);

-- partition_name: empty where the asset itself is missing.
CREATE TABLE removal_item (
    removal_id     INTEGER NOT NULL REFERENCES removal (id) ON DELETE CASCADE,
    asset_id       INTEGER NOT NULL REFERENCES asset (id),
    partition_name TEXT NOT NULL,
    PRIMARY KEY (removal_id, asset_id, partition_name)
) STRICT, WITHOUT ROWID;

-- work: reeve::jobs::Work as JSON. attempt: how often it was claimed; a claim's number is its fencing token.
-- lane: reeve::jobs::Lane. only_one: of one key there is one job at a time. message: of the last attempt that failed.
CREATE TABLE job (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    lane         TEXT NOT NULL,
    only_one     TEXT,
    work         TEXT NOT NULL,
    state        TEXT NOT NULL,
    attempt      INTEGER NOT NULL DEFAULT 0,
    run_at       TEXT NOT NULL,
    worker       TEXT,
    heartbeat_at TEXT,
    message      TEXT,
    created_at   TEXT NOT NULL,
    finished_at  TEXT
) STRICT;
CREATE UNIQUE INDEX job_active ON job (only_one) WHERE state IN ('queued', 'running');
CREATE INDEX job_due ON job (lane, run_at, id) WHERE state = 'queued';
CREATE INDEX job_running ON job (id) WHERE state = 'running';

-- What comes round: work is reeve::jobs::Recurring as JSON, kind and subject its key.
CREATE TABLE schedule (
    kind          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    work          TEXT NOT NULL,
    every_seconds INTEGER NOT NULL,
    next_run_at   TEXT NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT;
