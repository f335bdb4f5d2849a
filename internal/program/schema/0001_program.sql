CREATE TABLE programme (
    id        BIGINT NOT NULL PRIMARY KEY,
    slug      TEXT NOT NULL,
    name      TEXT NOT NULL,
    currency  TEXT NOT NULL,
    zone      TEXT NOT NULL,
    languages TEXT NOT NULL,
    hue       BIGINT NOT NULL,
    salt      TEXT NOT NULL,
    settings  TEXT NOT NULL,
    version   BIGINT NOT NULL,
    created   BIGINT NOT NULL
);

CREATE UNIQUE INDEX programme_slug ON programme (slug);

CREATE TABLE shop (
    id           BIGINT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    code         TEXT NOT NULL,
    name         TEXT NOT NULL,
    zone         TEXT NOT NULL DEFAULT '',
    closed       BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE UNIQUE INDEX shop_code ON shop (programme_id, code);
