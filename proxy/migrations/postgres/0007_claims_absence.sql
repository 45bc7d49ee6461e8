-- Whether an intent was not done if the issuer lists no trace of it. Of a physical card and of a reissue that was asked for before,
-- it is not known whether it had to leave one.

ALTER TABLE claims ADD COLUMN absence_tells BOOLEAN NOT NULL DEFAULT FALSE;

UPDATE claims SET absence_tells = TRUE WHERE state IN ('sending', 'unknown') AND operation LIKE 'ingo.%'
    AND operation <> 'ingo.reissueCard' AND (operation <> 'ingo.issueCard' OR card_type = 'virtual');
