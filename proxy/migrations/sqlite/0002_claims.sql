-- What was asked of an issuer, how far it came and how it ended. No card's number, nobody's name or address: an answer is kept
-- as it was rebuilt, masked, and of a request there is a hash that means nothing without its key.

CREATE TABLE claims (
    id          TEXT PRIMARY KEY,
    lane        TEXT,
    version     INTEGER NOT NULL,
    tenant      TEXT NOT NULL,
    asked_by    TEXT NOT NULL,
    operation   TEXT NOT NULL,
    user_id     TEXT,
    card_id     TEXT,
    card_type   TEXT,
    state       TEXT NOT NULL,
    fingerprint TEXT,
    fence       INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    sent_at     INTEGER,
    sends       INTEGER NOT NULL,
    place       INTEGER NOT NULL,
    ending      TEXT,
    changed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX claims_due ON claims (due_at) WHERE state IN ('sending', 'unknown');
CREATE INDEX claims_open_for ON claims (tenant, user_id) WHERE state IN ('sending', 'unknown');
CREATE INDEX claims_in_lane ON claims (lane) WHERE lane IS NOT NULL;
CREATE INDEX claims_changed ON claims (changed_at);

-- The order of the intents for one card.
CREATE TABLE lanes (
    id      TEXT PRIMARY KEY,
    newest  INTEGER NOT NULL,
    sent    INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a person decided of an intent whose end nobody could read. Only ever added to.
CREATE TABLE settlements (
    claim     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    by_tenant TEXT NOT NULL,
    by_user   TEXT NOT NULL,
    verdict   TEXT NOT NULL,
    card_id   TEXT
) STRICT;
