-- A department as its source last had it. said: reeve_model::person::Department as JSON.
CREATE TABLE department_record (
    source_id INTEGER NOT NULL REFERENCES source (id),
    key       TEXT NOT NULL,
    said      TEXT NOT NULL,
    PRIMARY KEY (source_id, key)
) STRICT, WITHOUT ROWID;

-- What became of people: a change of state, or `merged`. why: reeve_model::person::Why as JSON. crawl_id: NULL where a day
-- began, or somebody decided. into_id: the person whom he became part of.
CREATE TABLE person_event (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES person (id),
    state     TEXT NOT NULL,
    at        TEXT NOT NULL,
    crawl_id  INTEGER REFERENCES crawl (id),
    why       TEXT,
    into_id   INTEGER REFERENCES person (id)
) STRICT;
CREATE INDEX person_event_by_person ON person_event (person_id, id);

-- Records that could be one person's: a key of reeve_model::person::MergeKey and the value that they share.
-- reason: reeve_model::person::QuestionReason. records: one of each group, an array of person_record's ids.
CREATE TABLE person_question (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    reason   TEXT NOT NULL,
    records  TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    UNIQUE (key, value)
) STRICT;

-- What an administrator answered: this record is that person's, or is not.
CREATE TABLE person_decision (
    record_id  INTEGER NOT NULL REFERENCES person_record (id),
    person_id  INTEGER NOT NULL REFERENCES person (id),
    same       INTEGER NOT NULL,
    decided_at TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    PRIMARY KEY (record_id, person_id)
) STRICT, WITHOUT ROWID;

-- Who computes people from records: whoever began last. Who began before writes no more, for the last one reads all that
-- both would have read.
CREATE TABLE people_computation (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL
) STRICT;
INSERT INTO people_computation (id, generation) VALUES (1, 0);

-- Which names of other systems are whose: every version of the ordered list, the newest counts.
-- rules: an array of reeve_model::principal::Rule as JSON.
CREATE TABLE principal_rule (
    version    INTEGER PRIMARY KEY AUTOINCREMENT,
    rules      TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    reason     TEXT
) STRICT;

-- Names that own something in a source's catalog, and whose they are by the rules. outcome: `person`, `team`,
-- `service_of_team`, `nobody` or `unknown`. rule: its place in the list, from 1. tables, size_bytes: of what it owns.
CREATE TABLE principal (
    name       TEXT NOT NULL PRIMARY KEY,
    outcome    TEXT NOT NULL,
    target_id  INTEGER REFERENCES asset (id),
    rule       INTEGER,
    tables     INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX principal_by_target ON principal (target_id);
CREATE INDEX catalog_table_by_owner ON catalog_table (owner) WHERE deleted_at IS NULL;
