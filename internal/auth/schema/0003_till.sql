-- A till is a device that staff have enrolled at a shop. The secret is the hash
-- of its one-time code until it is enrolled and of its token from then on; an
-- empty token never matches, as every secret is a hash.
CREATE TABLE till_device (
    id           BIGINT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    shop_id      BIGINT NOT NULL,
    number       BIGINT NOT NULL,
    name         TEXT NOT NULL,
    secret       TEXT NOT NULL,
    code_until   BIGINT NOT NULL,
    enrolled     BIGINT NOT NULL DEFAULT 0,
    seen         BIGINT NOT NULL DEFAULT 0,
    revoked      BIGINT NOT NULL DEFAULT 0,
    rolls        BIGINT NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX till_device_secret ON till_device (secret);

CREATE UNIQUE INDEX till_device_number ON till_device (programme_id, number);

CREATE TABLE till_shift (
    id        BIGINT NOT NULL PRIMARY KEY,
    device_id BIGINT NOT NULL,
    staff_id  BIGINT NOT NULL,
    opened    BIGINT NOT NULL,
    seen      BIGINT NOT NULL,
    ended     BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX till_shift_device ON till_shift (device_id, id);

CREATE INDEX till_shift_staff ON till_shift (staff_id, id);

CREATE TABLE staff_pin (
    staff_id     BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    hash         TEXT NOT NULL,
    kept         BIGINT NOT NULL,
    PRIMARY KEY (staff_id, programme_id)
) {clustered};
