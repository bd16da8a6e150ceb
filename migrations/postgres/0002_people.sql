CREATE DOMAIN datetext AS date;

-- A department or team: an asset of kind `team`. name: its address in the portal, unique; title: as people write it.
-- source_key: source and key, as the source names it (a department number, an LDAP DN). parent_missing: what the source
-- calls its parent, where there is no such team; is_cut: its parent was left out because it led back to it.
CREATE TABLE team (
    id         BIGINT PRIMARY KEY REFERENCES asset (id),
    name       TEXT COLLATE "C" NOT NULL UNIQUE,
    title      TEXT NOT NULL,
    parent_id  BIGINT REFERENCES team (id),
    lead_id    BIGINT,
    source_key TEXT COLLATE "C",
    deleted_at TIMESTAMPTZ,
    parent_missing TEXT,
    is_cut     BOOLEAN NOT NULL DEFAULT false
);

-- A person or a service account: an asset of kind `person` or `service_account`, of no source: it is computed from what
-- sources say (person_record) and from who signed in. login: lower case, NFC; the address in the portal.
-- state: reeve_model::person::PersonState; state_since, state_reason: when it became so, and why (a code and its facts as JSON).
-- disabled_at: by an administrator; such a person does not sign in whatever the sources say.
-- kind: reeve_model::person::PersonKind. conflicts: an array of reeve_model::person::Conflict as JSON. merged_into_id: all that
-- was his is that person's now; he is nobody any more.
CREATE TABLE person (
    id              BIGINT PRIMARY KEY REFERENCES asset (id),
    login           TEXT COLLATE "C" NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    mail            TEXT,
    employee_number TEXT COLLATE "C",
    title           TEXT,
    team_id         BIGINT REFERENCES team (id),
    manager_id      BIGINT REFERENCES person (id),
    starts_on       DATE,
    ends_on         DATE,
    state           TEXT NOT NULL,
    state_since     TIMESTAMPTZ NOT NULL,
    state_reason    TEXT,
    created_at      TIMESTAMPTZ NOT NULL,
    disabled_at     TIMESTAMPTZ,
    kind            TEXT NOT NULL DEFAULT 'employee',
    conflicts       TEXT NOT NULL DEFAULT '[]',
    merged_into_id  BIGINT REFERENCES person (id)
);
CREATE INDEX person_by_mail ON person (lower(mail));
CREATE INDEX person_by_employee_number ON person (employee_number);
CREATE INDEX person_by_team ON person (team_id);
CREATE INDEX person_by_manager ON person (manager_id);

-- Teams that a person belongs to besides his department.
CREATE TABLE team_member (
    team_id   BIGINT NOT NULL REFERENCES team (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    PRIMARY KEY (team_id, person_id)
);
CREATE INDEX team_member_by_person ON team_member (person_id);

-- One row of one source, as it came: an employment, or an LDAP entry. person_id: whose it is taken for; NULL while that is
-- a question. key: stable within the source. said: reeve_model::person::Record as JSON. seen_crawl_id: the crawl that last
-- wrote it. missing_since: absent from complete crawls, and since when. gone_at: when a second one agreed.
CREATE TABLE person_record (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id     BIGINT NOT NULL REFERENCES source (id),
    key           TEXT COLLATE "C" NOT NULL,
    person_id     BIGINT REFERENCES person (id),
    said          TEXT NOT NULL,
    fingerprint   BIGINT NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    seen_crawl_id BIGINT NOT NULL REFERENCES crawl (id),
    missing_since TIMESTAMPTZ,
    gone_at       TIMESTAMPTZ,
    UNIQUE (source_id, key)
);
CREATE INDEX person_record_by_person ON person_record (person_id);
