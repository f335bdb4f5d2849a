-- A job waits (no holder), runs (a holder, until next_at) or is dead (no holder,
-- next_at is never). next_at is when somebody must look at it next. One that is
-- done is deleted, one that is scheduled waits for its next time.
CREATE TABLE job (
    id           BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    unique_key   TEXT NOT NULL,               -- '#' and the id where none was given
    payload      TEXT NOT NULL,
    added_at     BIGINT NOT NULL,
    next_at      BIGINT NOT NULL,
    attempt      BIGINT NOT NULL DEFAULT 0,
    max_attempts BIGINT NOT NULL,
    holder       TEXT NOT NULL DEFAULT '',
    again        BOOLEAN NOT NULL DEFAULT FALSE, -- added once more while it ran
    every        BIGINT NOT NULL DEFAULT 0,   -- microseconds; 0 is once
    failed_at    BIGINT NOT NULL DEFAULT 0,
    error        TEXT NOT NULL DEFAULT '',
    done         BIGINT NOT NULL DEFAULT 0,
    total        BIGINT NOT NULL DEFAULT 0,
    note         TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX job_unique ON job (kind, unique_key);
CREATE INDEX job_due ON job (next_at, id) WHERE next_at < 9223372036854775807;
CREATE INDEX job_dead ON job (id) WHERE next_at = 9223372036854775807;
