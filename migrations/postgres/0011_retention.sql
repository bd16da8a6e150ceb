-- Retention policies; what one says is in its versions. retired_at: since when it holds no more.
CREATE TABLE policy (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       TEXT NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    retired_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX policy_live ON policy (name) WHERE retired_at IS NULL;

-- body: reeve_model::retention::Policy as JSON. request_id: by which it was agreed.
CREATE TABLE policy_version (
    policy_id  BIGINT NOT NULL REFERENCES policy (id),
    version    BIGINT NOT NULL,
    body       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    request_id BIGINT REFERENCES request (id),
    made_by    TEXT NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (policy_id, version)
);

-- Kept whatever the policies say. office: reeve_model::retention::ExemptBy.
CREATE TABLE exemption (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id   BIGINT NOT NULL REFERENCES asset (id),
    office     TEXT NOT NULL,
    reason     TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    from_day   DATE NOT NULL,
    until_day  DATE,
    ended_by   TEXT,
    ended_at   TIMESTAMPTZ
);
CREATE INDEX exemption_by_asset ON exemption (asset_id);

-- Tables that an ingestion request brought in.
CREATE TABLE ingested (
    asset_id   BIGINT PRIMARY KEY REFERENCES asset (id),
    request_id BIGINT NOT NULL REFERENCES request (id),
    seen_at    TIMESTAMPTZ NOT NULL
);

-- Prices, appended only. body: reeve_model::retention::price row as JSON.
CREATE TABLE price (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    body    TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
