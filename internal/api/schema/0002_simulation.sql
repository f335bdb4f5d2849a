-- Drafts that were set beside the real past: what was asked, kept so that it
-- does not change with the draft, and what came of it. Both are JSON and name
-- members by their ids alone. key_id is who asked.
CREATE TABLE api_simulation (
    programme_id BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    key_id       BIGINT NOT NULL,
    draft        TEXT NOT NULL,
    result       TEXT NOT NULL DEFAULT '',
    failure      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (programme_id, id)
) {clustered};
