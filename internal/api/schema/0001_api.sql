-- The keys of requests that may be sent twice. subject is what the request
-- changed, as a shown id; it is empty until the work is done. Answers are
-- rendered anew, so that no personal data lies here.
CREATE TABLE api_idempotency (
    programme_id BIGINT NOT NULL,
    request_key  TEXT NOT NULL,
    hash         BYTEA NOT NULL,
    subject      TEXT NOT NULL DEFAULT '',
    leased       BIGINT NOT NULL,
    expires      BIGINT NOT NULL,
    PRIMARY KEY (programme_id, request_key)
) {clustered};

CREATE INDEX api_idempotency_expires ON api_idempotency (programme_id, expires);
