-- What people say of a database or a table, apart from what its source says: no crawl writes here. revision: counts the
-- edits, of its columns too; If-Match is held against it. description: Markdown.
CREATE TABLE curation (
    asset_id         INTEGER PRIMARY KEY REFERENCES asset (id),
    revision         INTEGER NOT NULL,
    description      TEXT,
    certified_by     TEXT,
    certified_at     TEXT,
    deprecated_by    TEXT,
    deprecated_at    TEXT,
    deprecation_note TEXT,
    replacement_id   INTEGER REFERENCES asset (id)
) STRICT;
CREATE INDEX curation_by_replacement ON curation (replacement_id) WHERE replacement_id IS NOT NULL;

-- The governed list of tags. name: lower case, without blanks; what API, search and addresses call it.
CREATE TABLE tag (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL UNIQUE,
    title_ko   TEXT NOT NULL,
    title_en   TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE asset_tag (
    asset_id  INTEGER NOT NULL REFERENCES asset (id),
    tag_id    INTEGER NOT NULL REFERENCES tag (id),
    tagged_by TEXT NOT NULL,
    tagged_at TEXT NOT NULL,
    PRIMARY KEY (asset_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_tag_by_tag ON asset_tag (tag_id, asset_id);

-- What is said of a column. comment, class: by people, kept when the column goes, for it may come back. suggested: by the
-- rules of that version, where it is not `none`; a crawl that finds the table changed writes it anew.
CREATE TABLE column_note (
    table_id   INTEGER NOT NULL REFERENCES asset (id),
    name       TEXT NOT NULL,
    comment    TEXT,
    class      TEXT,
    class_by   TEXT,
    class_at   TEXT,
    suggested  TEXT,
    reason_ko  TEXT,
    reason_en  TEXT,
    rules      INTEGER,
    PRIMARY KEY (table_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX column_note_open ON column_note (table_id, name) WHERE suggested IS NOT NULL AND class IS NULL;

-- What somebody proposes who may not edit. change, before: reeve_model::curation::Edit as JSON.
CREATE TABLE proposal (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    asset_id   INTEGER NOT NULL REFERENCES asset (id),
    change     TEXT NOT NULL,
    before     TEXT NOT NULL,
    note       TEXT NOT NULL,
    state      TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    person_id  INTEGER,
    made_at    TEXT NOT NULL,
    decided_by TEXT,
    decided_at TEXT,
    answer     TEXT
) STRICT;
CREATE INDEX proposal_by_asset ON proposal (asset_id, id);
CREATE INDEX proposal_pending ON proposal (id) WHERE state = 'pending';

-- An edit of many tables at once. change: reeve_model::curation::BulkChange as JSON; query: the search it was made from.
CREATE TABLE bulk_edit (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    query     TEXT NOT NULL,
    change    TEXT NOT NULL,
    tables    INTEGER NOT NULL,
    made_by   TEXT NOT NULL,
    person_id INTEGER,
    made_at   TEXT NOT NULL,
    undone_by TEXT,
    undone_at TEXT,
    kept      INTEGER
) STRICT;

-- before, after: reeve_model::curation::Edit as JSON, of what it changed alone.
CREATE TABLE bulk_edit_item (
    bulk_edit_id INTEGER NOT NULL REFERENCES bulk_edit (id),
    asset_id     INTEGER NOT NULL REFERENCES asset (id),
    before       TEXT NOT NULL,
    after        TEXT NOT NULL,
    PRIMARY KEY (bulk_edit_id, asset_id)
) STRICT, WITHOUT ROWID;
