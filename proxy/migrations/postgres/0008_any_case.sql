-- Ingo's ids are looked for in whichever case they were written, and a card or an order in all tenants.

-- First what locks more: a replica that writes in between would wait for the indexes, and these for it.
DROP INDEX claims_open_for;
DROP INDEX claims_done_for;
DROP INDEX cards_of_user;

CREATE INDEX claims_open_for_any_case ON claims (tenant, lower(user_id)) WHERE state IN ('sending', 'unknown');
CREATE INDEX claims_done_for_any_case ON claims (tenant, lower(user_id)) WHERE state = 'done';
CREATE INDEX cards_of_user_any_case ON cards (tenant, lower(user_id), created_at DESC, id);
CREATE INDEX cards_any_case ON cards (lower(id));
CREATE INDEX orders_by_id ON orders (order_id);
CREATE INDEX orders_by_card ON orders (card_id) WHERE card_id IS NOT NULL;
