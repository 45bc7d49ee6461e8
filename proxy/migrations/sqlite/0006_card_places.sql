-- Which intents took one of the cards a caller may have made: by the hash of the intent. One whose card was not made after all
-- counts for its minute only.

CREATE TABLE card_places (
    holder   TEXT NOT NULL,
    intent   TEXT NOT NULL,
    taken_at INTEGER NOT NULL,
    taken_by TEXT NOT NULL,
    counts   INTEGER NOT NULL,
    PRIMARY KEY (holder, intent)
) STRICT, WITHOUT ROWID;

CREATE INDEX card_places_by_time ON card_places (holder, taken_at);
