-- The cards and orders seen in answers. Never more of a card's number than four digits, and nobody's name or address.

CREATE TABLE cards (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    card_type   TEXT NOT NULL,
    last_four   TEXT NOT NULL,
    status      TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    business_id TEXT,
    created_at  TEXT NOT NULL,
    observed_at TEXT NOT NULL,
    owner       TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX cards_newest ON cards (tenant, created_at DESC, id);
CREATE INDEX cards_of_user ON cards (tenant, user_id, created_at DESC, id);

CREATE TABLE orders (
    tenant           TEXT NOT NULL,
    order_id         TEXT NOT NULL,
    order_type       TEXT NOT NULL,
    status           TEXT NOT NULL,
    card_id          TEXT,
    last_error_slug  TEXT,
    created_at       TEXT NOT NULL,
    completed_at     TEXT,
    failed_at        TEXT,
    issue_status     TEXT,
    is_issued        INTEGER,
    external_user_id TEXT,
    observed_at      TEXT NOT NULL,
    owner            TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX orders_newest ON orders (tenant, created_at DESC, order_id);
CREATE INDEX orders_of_user ON orders (tenant, external_user_id, created_at DESC, order_id);
