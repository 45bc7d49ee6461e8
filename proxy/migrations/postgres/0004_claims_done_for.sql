-- How a user's intents ended is read to tell whose a card is that the issuer lists.

CREATE INDEX claims_done_for ON claims (tenant, user_id) WHERE state = 'done';
