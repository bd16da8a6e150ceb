-- Retention policies; what one says is in its versions. retired_at: since when it holds no more.
CREATE TABLE policy (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    retired_at TEXT
) STRICT;
CREATE UNIQUE INDEX policy_live ON policy (name) WHERE retired_at IS NULL;

-- body: reeve_model::retention::Policy as JSON. request_id: by which it was agreed.
CREATE TABLE policy_version (
    policy_id  INTEGER NOT NULL REFERENCES policy (id),
    version    INTEGER NOT NULL,
    body       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    request_id INTEGER REFERENCES request (id),
    made_by    TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    PRIMARY KEY (policy_id, version)
) STRICT, WITHOUT ROWID;

-- Kept whatever the policies say. office: reeve_model::retention::ExemptBy.
CREATE TABLE exemption (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    asset_id   INTEGER NOT NULL REFERENCES asset (id),
    office     TEXT NOT NULL,
    reason     TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    from_day   TEXT NOT NULL,
    until_day  TEXT,
    ended_by   TEXT,
    ended_at   TEXT
) STRICT;
CREATE INDEX exemption_by_asset ON exemption (asset_id);

-- Tables that an ingestion request brought in.
CREATE TABLE ingested (
    asset_id   INTEGER PRIMARY KEY REFERENCES asset (id),
    request_id INTEGER NOT NULL REFERENCES request (id),
    seen_at    TEXT NOT NULL
) STRICT;

-- Prices, appended only. body: reeve_model::retention::price row as JSON.
CREATE TABLE price (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    body    TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
