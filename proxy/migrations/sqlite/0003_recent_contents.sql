-- What was asked of late: a keyed hash of caller, operation and request, from which nothing can be read.

CREATE TABLE recent_contents (
    content  BLOB NOT NULL,
    intent   TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (content, intent)
) STRICT, WITHOUT ROWID;

CREATE INDEX recent_contents_by_age ON recent_contents (asked_at);
