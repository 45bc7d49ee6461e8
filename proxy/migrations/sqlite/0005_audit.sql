-- Who asked for what, and what became of it. Of a request it has the issuers' ids, as JSON, and nobody's name or address. Rows
-- are only ever added, and the database itself sees to that.

CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    tenant     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    operation  TEXT NOT NULL,
    ids        TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    code       TEXT
) STRICT;

CREATE INDEX audit_of_subject ON audit (tenant, subject, at);

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit: rows are only added'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit: rows are only added'); END;
-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit: rows are only added'); END;

CREATE TRIGGER settlements_no_update BEFORE UPDATE ON settlements
BEGIN SELECT RAISE(ABORT, 'settlements: rows are only added'); END;
CREATE TRIGGER settlements_no_delete BEFORE DELETE ON settlements
BEGIN SELECT RAISE(ABORT, 'settlements: rows are only added'); END;

-- Whose card it is that an order made.
CREATE INDEX orders_of_card ON orders (tenant, card_id) WHERE card_id IS NOT NULL;
