-- What people ask for. body: reeve_model::request::Request as JSON; the columns beside it are what lists look for.
-- kind, state: reeve_model::request::{RequestKind, StateWord}. name: of the subject, as it was called then. bytes: what it
-- would add on disk, copies included. due_at: of the step that is due first. tick_at: when it is looked at again by itself.
CREATE TABLE request (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    version      BIGINT NOT NULL,
    asset_id     BIGINT REFERENCES asset (id),
    name         TEXT NOT NULL,
    requester_id BIGINT NOT NULL REFERENCES person (id),
    body         TEXT NOT NULL,
    bytes        BIGINT,
    made_at      TIMESTAMPTZ NOT NULL,
    filed_at     TIMESTAMPTZ,
    due_at       TIMESTAMPTZ,
    tick_at      TIMESTAMPTZ
);
CREATE INDEX request_by_asset ON request (asset_id, id);
CREATE INDEX request_by_requester ON request (requester_id, id);
CREATE INDEX request_by_state ON request (state, id);
CREATE INDEX request_by_tick ON request (tick_at) WHERE tick_at IS NOT NULL;

-- The history of a request, one row a transition. act: reeve_model::request::Act. hash: of what was asked for then.
-- rung: rule and place in its chain, as JSON, where a step went on to others.
CREATE TABLE request_entry (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id   BIGINT NOT NULL REFERENCES request (id),
    version      BIGINT NOT NULL,
    at           TIMESTAMPTZ NOT NULL,
    by_id        BIGINT REFERENCES person (id),
    on_behalf_id BIGINT REFERENCES person (id),
    act          TEXT NOT NULL,
    from_state   TEXT NOT NULL,
    to_state     TEXT NOT NULL,
    text         TEXT NOT NULL,
    hash         TEXT NOT NULL,
    rung         TEXT
);
CREATE INDEX request_entry_by_request ON request_entry (request_id, id);
CREATE INDEX request_entry_by_act ON request_entry (act, at);

-- Who may decide on it now, for the step of this rule: what an inbox shows. Whether he may is asked again when he decides.
CREATE TABLE request_seat (
    person_id  BIGINT NOT NULL REFERENCES person (id),
    request_id BIGINT NOT NULL REFERENCES request (id),
    rule       TEXT NOT NULL,
    PRIMARY KEY (person_id, request_id, rule)
);
CREATE INDEX request_seat_by_request ON request_seat (request_id);

-- What requests kept, and until when at the latest; both days belong to it. released_at: when it was decided before that.
CREATE TABLE request_hold (
    request_id  BIGINT PRIMARY KEY REFERENCES request (id),
    asset_id    BIGINT NOT NULL REFERENCES asset (id),
    from_day    DATE NOT NULL,
    until_day   DATE NOT NULL,
    released_at TIMESTAMPTZ
);
CREATE INDEX request_hold_by_asset ON request_hold (asset_id, until_day);

-- Versions of who has to agree. rules: reeve_model::request::Rules as JSON. None: those that ship.
CREATE TABLE approval_rules (
    version    BIGINT PRIMARY KEY,
    rules      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);

-- Who decides in another's place; both days belong to it.
CREATE TABLE delegation (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    giver_id  BIGINT NOT NULL REFERENCES person (id),
    taker_id  BIGINT NOT NULL REFERENCES person (id),
    from_day  DATE NOT NULL,
    until_day DATE NOT NULL,
    made_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX delegation_by_giver ON delegation (giver_id, until_day);
CREATE INDEX delegation_by_taker ON delegation (taker_id, until_day);

-- Nothing of it may go, whatever else is agreed. until_day: the last day; without one it ends when it is lifted.
CREATE TABLE legal_hold (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id    BIGINT NOT NULL REFERENCES asset (id),
    reason      TEXT NOT NULL,
    placed_by   BIGINT NOT NULL REFERENCES person (id),
    placed_at   TIMESTAMPTZ NOT NULL,
    until_day   DATE,
    lifted_by   BIGINT REFERENCES person (id),
    lifted_at   TIMESTAMPTZ,
    lift_reason TEXT
);
CREATE INDEX legal_hold_by_asset ON legal_hold (asset_id);
