-- Who answers for an asset, as it was assigned to the asset itself: what a table lacks of a role it has from its database.
-- role, source: reeve_model::owner::{OwnerRole, OwnerSource}. holder_id: a person, service account or team.
-- evidence: reeve_model::owner::Evidence as JSON, where it was inferred.
CREATE TABLE asset_owner (
    asset_id    BIGINT NOT NULL REFERENCES asset (id),
    role        TEXT NOT NULL,
    holder_id   BIGINT NOT NULL REFERENCES asset (id),
    source      TEXT NOT NULL,
    since       TIMESTAMPTZ NOT NULL,
    assigned_by TEXT NOT NULL,
    evidence    TEXT,
    PRIMARY KEY (asset_id, role, holder_id)
);
CREATE INDEX asset_owner_by_holder ON asset_owner (holder_id, asset_id);

-- How it stood with a holder, and what he was called, when the index was told last.
CREATE TABLE owner_told (
    holder_id BIGINT PRIMARY KEY REFERENCES asset (id),
    state     TEXT NOT NULL,
    name      TEXT NOT NULL
);

-- Who might answer for it, by what is known; nobody is until someone says so. One that was declined stays so.
-- state: reeve_model::owner::ProposalState.
CREATE TABLE owner_proposal (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id   BIGINT NOT NULL REFERENCES asset (id),
    role       TEXT NOT NULL,
    holder_id  BIGINT NOT NULL REFERENCES asset (id),
    evidence   TEXT NOT NULL,
    state      TEXT NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    decided_by TEXT,
    UNIQUE (asset_id, role, holder_id)
);
CREATE INDEX owner_proposal_by_holder ON owner_proposal (holder_id) WHERE state = 'open';

-- What somebody who left answered for, until all of it is handed over. state: reeve_model::succession::CaseState.
-- cause: person.state_reason as it was then.
CREATE TABLE succession (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    state     TEXT NOT NULL,
    cause     TEXT,
    opened_at TIMESTAMPTZ NOT NULL,
    due_at    TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    closed_by TEXT
);
CREATE UNIQUE INDEX succession_open ON succession (person_id) WHERE state = 'open';

-- kind, state: reeve_model::succession::{ItemKind, ItemState}. asset_id, role: of what was owned or watched.
-- name: as it was called then. heir_id: who has it now.
CREATE TABLE succession_item (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    succession_id BIGINT NOT NULL REFERENCES succession (id),
    kind          TEXT NOT NULL,
    asset_id      BIGINT REFERENCES asset (id),
    role          TEXT,
    name          TEXT NOT NULL,
    state         TEXT NOT NULL,
    heir_id       BIGINT REFERENCES asset (id),
    decided_at    TIMESTAMPTZ,
    decided_by    TEXT
);
CREATE INDEX succession_item_by_case ON succession_item (succession_id, id);
CREATE INDEX succession_item_by_asset ON succession_item (asset_id) WHERE state = 'open';

-- What somebody wants to hear of: an asset, or what a search finds (query: the part of its address after `?`).
CREATE TABLE watch (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  BIGINT NOT NULL REFERENCES person (id),
    asset_id   BIGINT REFERENCES asset (id),
    query      TEXT,
    name       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (person_id, asset_id),
    UNIQUE (person_id, query)
);
CREATE INDEX watch_by_asset ON watch (asset_id);
