-- Somebody who is signed in to the customer's page. The hash is that of the
-- token in the browser; device says in a few words which browser it is.
CREATE TABLE guest_session (
    hash         TEXT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    created      BIGINT NOT NULL,
    seen         BIGINT NOT NULL,
    proved       BIGINT NOT NULL,             -- when a code was last given
    device       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX guest_session_member ON guest_session (member_id);

-- A code that was asked for. The hash is that of a secret which only the
-- browser that asked holds; without it the code cannot be guessed from its own
-- hash. One asked for an unknown address has member 0 and a code that was sent
-- to nobody. A used or burnt one is deleted.
CREATE TABLE guest_code (
    hash         TEXT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    purpose      TEXT NOT NULL,               -- sign_in, prove or add
    address      TEXT NOT NULL DEFAULT '',    -- hash of the address to add
    code         TEXT NOT NULL,
    link         TEXT NOT NULL,
    tries        BIGINT NOT NULL DEFAULT 0,
    expires      BIGINT NOT NULL
);
CREATE UNIQUE INDEX guest_code_link ON guest_code (link);
CREATE INDEX guest_code_member ON guest_code (member_id);

CREATE TABLE guest_throttle (
    subject TEXT NOT NULL PRIMARY KEY,
    free_at BIGINT NOT NULL
);
