-- Which intents took one of the cards a caller may have made: by the hash of the intent. One whose card was not made after all
-- counts for its minute only.

CREATE TABLE card_places (
    holder   TEXT COLLATE "C" NOT NULL,
    intent   TEXT COLLATE "C" NOT NULL,
    taken_at BIGINT NOT NULL,
    taken_by TEXT NOT NULL,
    counts   BIGINT NOT NULL,
    PRIMARY KEY (holder, intent)
);

CREATE INDEX card_places_by_time ON card_places (holder, taken_at);

-- When each caller called within the last minute, for all replicas. What a crash of the server forgets here is a minute's
-- count, so nothing is written ahead.
CREATE UNLOGGED TABLE call_times (
    bucket TEXT COLLATE "C" PRIMARY KEY,
    times  BIGINT[] NOT NULL,
    latest BIGINT NOT NULL
);

CREATE INDEX call_times_by_age ON call_times (latest);
