-- Who asked for what, and what became of it. Of a request it has the issuers' ids, as JSON, and nobody's name or address. Rows
-- are only ever added, and the database itself sees to that.

CREATE TABLE audit (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    tenant     TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    operation  TEXT NOT NULL,
    ids        TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    code       TEXT
);

CREATE INDEX audit_of_subject ON audit (tenant, subject, at);

CREATE FUNCTION cardwright_only_added() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%: rows are only added', TG_TABLE_NAME; END $$;

CREATE TRIGGER audit_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION cardwright_only_added();
CREATE TRIGGER settlements_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON settlements
FOR EACH STATEMENT EXECUTE FUNCTION cardwright_only_added();

-- Whose card it is that an order made.
CREATE INDEX orders_of_card ON orders (tenant, card_id) WHERE card_id IS NOT NULL;
