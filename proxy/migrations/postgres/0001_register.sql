-- The cards and orders seen in answers. Never more of a card's number than four digits, and nobody's name or address.
-- Texts are compared byte by byte (COLLATE "C"), so that a page is the same whatever the database's language is.

CREATE TABLE cards (
    tenant      TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    card_type   TEXT NOT NULL,
    last_four   TEXT NOT NULL,
    status      TEXT NOT NULL,
    user_id     TEXT COLLATE "C" NOT NULL,
    business_id TEXT,
    created_at  TEXT COLLATE "C" NOT NULL,
    observed_at TEXT COLLATE "C" NOT NULL,
    owner       TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX cards_newest ON cards (tenant, created_at DESC, id);
CREATE INDEX cards_of_user ON cards (tenant, user_id, created_at DESC, id);

CREATE TABLE orders (
    tenant           TEXT COLLATE "C" NOT NULL,
    order_id         TEXT COLLATE "C" NOT NULL,
    order_type       TEXT NOT NULL,
    status           TEXT NOT NULL,
    card_id          TEXT,
    last_error_slug  TEXT,
    created_at       TEXT COLLATE "C" NOT NULL,
    completed_at     TEXT,
    failed_at        TEXT,
    issue_status     TEXT,
    is_issued        BOOLEAN,
    external_user_id TEXT COLLATE "C",
    observed_at      TEXT COLLATE "C" NOT NULL,
    owner            TEXT NOT NULL,
    PRIMARY KEY (tenant, order_id)
);

CREATE INDEX orders_newest ON orders (tenant, created_at DESC, order_id);
CREATE INDEX orders_of_user ON orders (tenant, external_user_id, created_at DESC, order_id);
