-- What signs links in mails: 32 random bytes in hexadecimal digits; the newest signs, all are good for reading.
CREATE TABLE signing_key (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    secret     TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- What leaves the house, one row a recipient: a person (address: his mail then) or a channel of reeve.toml.
-- kind: reeve_model::notice::NoticeKind. reference: what it is about, `request/12`. body: made once, sent as it is as often
-- as need be. dedupe: of one key there is one, ever. state: reeve::notify::State. doubts: how often the far side left open
-- whether it has it. due_at: when it was to go first; after a day of trying it is given up. next_at: when it is tried next.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER REFERENCES person (id),
    address    TEXT,
    channel    TEXT,
    kind       TEXT NOT NULL,
    reference  TEXT NOT NULL,
    dedupe     TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL DEFAULT '',
    body       BLOB NOT NULL,
    state      TEXT NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    doubts     INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    next_at    TEXT NOT NULL,
    ended_at   TEXT
) STRICT;
CREATE INDEX outbox_by_person ON outbox (person_id, id);
CREATE INDEX outbox_by_reference ON outbox (reference);
CREATE INDEX outbox_open ON outbox (state, next_at) WHERE ended_at IS NULL;

-- What somebody is told with his next digest. notice: reeve_model::notice::Notice as JSON.
CREATE TABLE notice_waiting (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER NOT NULL REFERENCES person (id),
    notice     TEXT NOT NULL,
    dedupe     TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    told_at    TEXT
) STRICT;
CREATE INDEX notice_waiting_open ON notice_waiting (person_id) WHERE told_at IS NULL;

-- How somebody wants to be told; who has no row, as reeve.toml says. at_once: an array of NoticeKind as JSON.
-- quiet_from, quiet_to: `20:00:00`, of his own.
CREATE TABLE notice_preference (
    person_id  INTEGER PRIMARY KEY REFERENCES person (id),
    lang       TEXT,
    digest     TEXT NOT NULL,
    at_once    TEXT NOT NULL,
    quiet_from TEXT,
    quiet_to   TEXT,
    changed_at TEXT NOT NULL
) STRICT;

-- One digest a person and period, made or found empty. period: a local day, `2026-12-01`. outbox_id: NULL where there was
-- nothing to say.
CREATE TABLE digest (
    person_id INTEGER NOT NULL REFERENCES person (id),
    period    TEXT NOT NULL,
    outbox_id INTEGER REFERENCES outbox (id),
    made_at   TEXT NOT NULL,
    PRIMARY KEY (person_id, period)
) STRICT, WITHOUT ROWID;

-- Answers by a link in a mail. token_hash: SHA-256 of the token. actions: an array of reeve_model::notice::Choice as JSON.
-- content_hash, version: of the request as the mail shows it.
CREATE TABLE answer_token (
    token_hash   TEXT PRIMARY KEY,
    outbox_id    INTEGER NOT NULL REFERENCES outbox (id),
    person_id    INTEGER NOT NULL REFERENCES person (id),
    request_id   INTEGER NOT NULL,
    actions      TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    version      INTEGER NOT NULL,
    expires_at   TEXT NOT NULL,
    used_at      TEXT,
    void_at      TEXT
) STRICT;
CREATE INDEX answer_token_by_request ON answer_token (request_id);
CREATE INDEX answer_token_by_person ON answer_token (person_id);
