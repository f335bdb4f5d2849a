CREATE TABLE staff (
    id       BIGINT NOT NULL PRIMARY KEY,
    email    TEXT NOT NULL,
    folded   TEXT NOT NULL,
    name     TEXT NOT NULL,
    password TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    theme    TEXT NOT NULL DEFAULT '',
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    created  BIGINT NOT NULL
);

CREATE UNIQUE INDEX staff_folded ON staff (folded);

CREATE TABLE staff_role (
    staff_id     BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    role         TEXT NOT NULL,
    PRIMARY KEY (staff_id, programme_id)
) {clustered};

CREATE INDEX staff_role_programme ON staff_role (programme_id, staff_id);

CREATE TABLE session (
    hash     TEXT NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL,
    created  BIGINT NOT NULL,
    seen     BIGINT NOT NULL
);

CREATE INDEX session_staff ON session (staff_id);

CREATE TABLE staff_link (
    staff_id BIGINT NOT NULL PRIMARY KEY,
    hash     TEXT NOT NULL,
    expires  BIGINT NOT NULL
);

CREATE UNIQUE INDEX staff_link_hash ON staff_link (hash);

CREATE TABLE sign_in_throttle (
    subject TEXT NOT NULL PRIMARY KEY,
    free_at BIGINT NOT NULL
);

CREATE TABLE api_key (
    id           BIGINT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    name         TEXT NOT NULL,
    prefix       TEXT NOT NULL,
    hash         TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    created      BIGINT NOT NULL,
    expires      BIGINT NOT NULL,
    revoked      BIGINT NOT NULL DEFAULT 0,
    used         BIGINT NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX api_key_prefix ON api_key (prefix);

CREATE INDEX api_key_programme ON api_key (programme_id, id);

CREATE TABLE audit_row (
    id           BIGINT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    actor        TEXT NOT NULL,
    action       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    detail       TEXT NOT NULL
);

CREATE INDEX audit_row_programme ON audit_row (programme_id, id);

CREATE INDEX audit_row_actor ON audit_row (actor, id);

CREATE INDEX audit_row_subject ON audit_row (subject, id);
