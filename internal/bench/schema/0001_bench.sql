-- What the bare inserts write: of an event's size, without any other index.
CREATE TABLE bench_row (
    id        BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    kind      TEXT NOT NULL,
    occurred  BIGINT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY ({member}id)
);
