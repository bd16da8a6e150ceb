-- A department as its source last had it. said: reeve_model::person::Department as JSON.
CREATE TABLE department_record (
    source_id BIGINT NOT NULL REFERENCES source (id),
    key       TEXT COLLATE "C" NOT NULL,
    said      TEXT NOT NULL,
    PRIMARY KEY (source_id, key)
);

-- What became of people: a change of state, or `merged`. why: reeve_model::person::Why as JSON. crawl_id: NULL where a day
-- began, or somebody decided. into_id: the person whom he became part of.
CREATE TABLE person_event (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    state     TEXT NOT NULL,
    at        TIMESTAMPTZ NOT NULL,
    crawl_id  BIGINT REFERENCES crawl (id),
    why       TEXT,
    into_id   BIGINT REFERENCES person (id)
);
CREATE INDEX person_event_by_person ON person_event (person_id, id);

-- Records that could be one person's: a key of reeve_model::person::MergeKey and the value that they share.
-- reason: reeve_model::person::QuestionReason. records: one of each group, an array of person_record's ids.
CREATE TABLE person_question (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key      TEXT NOT NULL,
    value    TEXT COLLATE "C" NOT NULL,
    reason   TEXT NOT NULL,
    records  TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    UNIQUE (key, value)
);

-- What an administrator answered: this record is that person's, or is not.
CREATE TABLE person_decision (
    record_id  BIGINT NOT NULL REFERENCES person_record (id),
    person_id  BIGINT NOT NULL REFERENCES person (id),
    same       BOOLEAN NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    decided_by TEXT NOT NULL,
    PRIMARY KEY (record_id, person_id)
);

-- Who computes people from records: whoever began last. Who began before writes no more, for the last one reads all that
-- both would have read.
CREATE TABLE people_computation (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    generation BIGINT NOT NULL
);
INSERT INTO people_computation (id, generation) VALUES (1, 0);

-- Which names of other systems are whose: every version of the ordered list, the newest counts.
-- rules: an array of reeve_model::principal::Rule as JSON.
CREATE TABLE principal_rule (
    version    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rules      TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    changed_by TEXT NOT NULL,
    reason     TEXT
);

-- Names that own something in a source's catalog, and whose they are by the rules. outcome: `person`, `team`,
-- `service_of_team`, `nobody` or `unknown`. rule: its place in the list, from 1. tables, size_bytes: of what it owns.
CREATE TABLE principal (
    name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    outcome    TEXT NOT NULL,
    target_id  BIGINT REFERENCES asset (id),
    rule       BIGINT,
    tables     BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL
);
CREATE INDEX principal_by_target ON principal (target_id);
CREATE INDEX catalog_table_by_owner ON catalog_table (owner) WHERE deleted_at IS NULL;
