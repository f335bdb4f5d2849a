-- What concerns the whole installation.
CREATE TABLE installation (
    name  TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
