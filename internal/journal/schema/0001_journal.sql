-- Events are only ever added; body is JSON.
CREATE TABLE event (
    id           BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    source       TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    occurred     BIGINT NOT NULL,
    recorded     BIGINT NOT NULL,
    shop_id      BIGINT NOT NULL,
    channel      TEXT NOT NULL,
    actor        TEXT NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY ({member}id)
);

CREATE INDEX event_timeline ON event (member_id, occurred, id);

-- One row for each event, also for those that wait: the pair of source and
-- external id is taken once.
CREATE TABLE event_key (
    programme_id BIGINT NOT NULL,
    source       TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    event_id     BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    hash         BYTEA NOT NULL,
    waiting      BOOLEAN NOT NULL,
    PRIMARY KEY (programme_id, source, external_id)
) {clustered};

-- Returns that wait for the sale they cite, whole. They come into the journal
-- when the sale does: only then is it known whose they are.
CREATE TABLE event_waiting (
    id             BIGINT NOT NULL PRIMARY KEY,
    member_id      BIGINT NOT NULL,
    programme_id   BIGINT NOT NULL,
    kind           TEXT NOT NULL,
    source         TEXT NOT NULL,
    external_id    TEXT NOT NULL,
    occurred       BIGINT NOT NULL,
    recorded       BIGINT NOT NULL,
    shop_id        BIGINT NOT NULL,
    channel        TEXT NOT NULL,
    actor          TEXT NOT NULL,
    body           TEXT NOT NULL,
    awaited_source TEXT NOT NULL,
    awaited_id     TEXT NOT NULL
);

CREATE INDEX event_waiting_awaited ON event_waiting (programme_id, awaited_source, awaited_id);
