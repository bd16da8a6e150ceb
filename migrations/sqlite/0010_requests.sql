-- What people ask for. body: reeve_model::request::Request as JSON; the columns beside it are what lists look for.
-- kind, state: reeve_model::request::{RequestKind, StateWord}. name: of the subject, as it was called then. bytes: what it
-- would add on disk, copies included. due_at: of the step that is due first. tick_at: when it is looked at again by itself.
CREATE TABLE request (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    version      INTEGER NOT NULL,
    asset_id     INTEGER REFERENCES asset (id),
    name         TEXT NOT NULL,
    requester_id INTEGER NOT NULL REFERENCES person (id),
    body         TEXT NOT NULL,
    bytes        INTEGER,
    made_at      TEXT NOT NULL,
    filed_at     TEXT,
    due_at       TEXT,
    tick_at      TEXT
) STRICT;
CREATE INDEX request_by_asset ON request (asset_id, id);
CREATE INDEX request_by_requester ON request (requester_id, id);
CREATE INDEX request_by_state ON request (state, id);
CREATE INDEX request_by_tick ON request (tick_at) WHERE tick_at IS NOT NULL;

-- The history of a request, one row a transition. act: reeve_model::request::Act. hash: of what was asked for then.
-- rung: rule and place in its chain, as JSON, where a step went on to others.
CREATE TABLE request_entry (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id   INTEGER NOT NULL REFERENCES request (id),
    version      INTEGER NOT NULL,
    at           TEXT NOT NULL,
    by_id        INTEGER REFERENCES person (id),
    on_behalf_id INTEGER REFERENCES person (id),
    act          TEXT NOT NULL,
    from_state   TEXT NOT NULL,
    to_state     TEXT NOT NULL,
    text         TEXT NOT NULL,
    hash         TEXT NOT NULL,
    rung         TEXT
) STRICT;
CREATE INDEX request_entry_by_request ON request_entry (request_id, id);
CREATE INDEX request_entry_by_act ON request_entry (act, at);

-- Who may decide on it now, for the step of this rule: what an inbox shows. Whether he may is asked again when he decides.
CREATE TABLE request_seat (
    person_id  INTEGER NOT NULL REFERENCES person (id),
    request_id INTEGER NOT NULL REFERENCES request (id),
    rule       TEXT NOT NULL,
    PRIMARY KEY (person_id, request_id, rule)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_seat_by_request ON request_seat (request_id);

-- What requests kept, and until when at the latest; both days belong to it. released_at: when it was decided before that.
CREATE TABLE request_hold (
    request_id  INTEGER PRIMARY KEY REFERENCES request (id),
    asset_id    INTEGER NOT NULL REFERENCES asset (id),
    from_day    TEXT NOT NULL,
    until_day   TEXT NOT NULL,
    released_at TEXT
) STRICT;
CREATE INDEX request_hold_by_asset ON request_hold (asset_id, until_day);

-- Versions of who has to agree. rules: reeve_model::request::Rules as JSON. None: those that ship.
CREATE TABLE approval_rules (
    version    INTEGER PRIMARY KEY,
    rules      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT;

-- Who decides in another's place; both days belong to it.
CREATE TABLE delegation (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    giver_id  INTEGER NOT NULL REFERENCES person (id),
    taker_id  INTEGER NOT NULL REFERENCES person (id),
    from_day  TEXT NOT NULL,
    until_day TEXT NOT NULL,
    made_at   TEXT NOT NULL
) STRICT;
CREATE INDEX delegation_by_giver ON delegation (giver_id, until_day);
CREATE INDEX delegation_by_taker ON delegation (taker_id, until_day);

-- Nothing of it may go, whatever else is agreed. until_day: the last day; without one it ends when it is lifted.
CREATE TABLE legal_hold (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    asset_id    INTEGER NOT NULL REFERENCES asset (id),
    reason      TEXT NOT NULL,
    placed_by   INTEGER NOT NULL REFERENCES person (id),
    placed_at   TEXT NOT NULL,
    until_day   TEXT,
    lifted_by   INTEGER REFERENCES person (id),
    lifted_at   TEXT,
    lift_reason TEXT
) STRICT;
CREATE INDEX legal_hold_by_asset ON legal_hold (asset_id);
