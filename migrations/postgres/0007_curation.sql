-- What people say of a database or a table, apart from what its source says: no crawl writes here. revision: counts the
-- edits, of its columns too; If-Match is held against it. description: Markdown.
CREATE TABLE curation (
    asset_id         BIGINT PRIMARY KEY REFERENCES asset (id),
    revision         BIGINT NOT NULL,
    description      TEXT,
    certified_by     TEXT,
    certified_at     TIMESTAMPTZ,
    deprecated_by    TEXT,
    deprecated_at    TIMESTAMPTZ,
    deprecation_note TEXT,
    replacement_id   BIGINT REFERENCES asset (id)
);
CREATE INDEX curation_by_replacement ON curation (replacement_id) WHERE replacement_id IS NOT NULL;

-- The governed list of tags. name: lower case, without blanks; what API, search and addresses call it.
CREATE TABLE tag (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL UNIQUE,
    title_ko   TEXT NOT NULL,
    title_en   TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE asset_tag (
    asset_id  BIGINT NOT NULL REFERENCES asset (id),
    tag_id    BIGINT NOT NULL REFERENCES tag (id),
    tagged_by TEXT NOT NULL,
    tagged_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (asset_id, tag_id)
);
CREATE INDEX asset_tag_by_tag ON asset_tag (tag_id, asset_id);

-- What is said of a column. comment, class: by people, kept when the column goes, for it may come back. suggested: by the
-- rules of that version, where it is not `none`; a crawl that finds the table changed writes it anew.
CREATE TABLE column_note (
    table_id   BIGINT NOT NULL REFERENCES asset (id),
    name       TEXT COLLATE "C" NOT NULL,
    comment    TEXT,
    class      TEXT,
    class_by   TEXT,
    class_at   TIMESTAMPTZ,
    suggested  TEXT,
    reason_ko  TEXT,
    reason_en  TEXT,
    rules      BIGINT,
    PRIMARY KEY (table_id, name)
);
CREATE INDEX column_note_open ON column_note (table_id, name) WHERE suggested IS NOT NULL AND class IS NULL;

-- What somebody proposes who may not edit. change, before: reeve_model::curation::Edit as JSON.
CREATE TABLE proposal (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id   BIGINT NOT NULL REFERENCES asset (id),
    change     TEXT NOT NULL,
    before     TEXT NOT NULL,
    note       TEXT NOT NULL,
    state      TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    person_id  BIGINT,
    made_at    TIMESTAMPTZ NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMPTZ,
    answer     TEXT
);
CREATE INDEX proposal_by_asset ON proposal (asset_id, id);
CREATE INDEX proposal_pending ON proposal (id) WHERE state = 'pending';

-- An edit of many tables at once. change: reeve_model::curation::BulkChange as JSON; query: the search it was made from.
CREATE TABLE bulk_edit (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    query     TEXT NOT NULL,
    change    TEXT NOT NULL,
    tables    BIGINT NOT NULL,
    made_by   TEXT NOT NULL,
    person_id BIGINT,
    made_at   TIMESTAMPTZ NOT NULL,
    undone_by TEXT,
    undone_at TIMESTAMPTZ,
    kept      BIGINT
);

-- before, after: reeve_model::curation::Edit as JSON, of what it changed alone.
CREATE TABLE bulk_edit_item (
    bulk_edit_id BIGINT NOT NULL REFERENCES bulk_edit (id),
    asset_id     BIGINT NOT NULL REFERENCES asset (id),
    before       TEXT NOT NULL,
    after        TEXT NOT NULL,
    PRIMARY KEY (bulk_edit_id, asset_id)
);
