CREATE TABLE sale (
    id           BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    occurred     BIGINT NOT NULL,
    shop_id      BIGINT NOT NULL DEFAULT 0,
    channel      TEXT NOT NULL DEFAULT '',
    reference    TEXT NOT NULL,
    goods        BIGINT NOT NULL,
    total        BIGINT NOT NULL,
    returned     BIGINT NOT NULL DEFAULT 0,
    nth          BIGINT NOT NULL,
    PRIMARY KEY ({member}id)
);

CREATE INDEX sale_member ON sale (member_id, occurred, id);

CREATE TABLE sale_line (
    member_id         BIGINT NOT NULL,
    sale_id           BIGINT NOT NULL,
    no                BIGINT NOT NULL,
    sku               TEXT NOT NULL DEFAULT '',
    name              TEXT NOT NULL DEFAULT '',
    category          TEXT NOT NULL DEFAULT '',
    quantity          BIGINT NOT NULL,
    amount            BIGINT NOT NULL,
    fee               BOOLEAN NOT NULL DEFAULT FALSE,
    returned_quantity BIGINT NOT NULL DEFAULT 0,
    returned_amount   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ({member}sale_id, no)
) {clustered};

-- What a return brought back, one row for each line of a sale that it met. The
-- member is the sale's.
CREATE TABLE return_match (
    member_id   BIGINT NOT NULL,
    event_id    BIGINT NOT NULL,
    no          BIGINT NOT NULL,
    return_line BIGINT NOT NULL,
    sale_id     BIGINT NOT NULL,
    sale_line   BIGINT NOT NULL,
    quantity    BIGINT NOT NULL,
    amount      BIGINT NOT NULL,
    PRIMARY KEY ({member}event_id, no)
) {clustered};

CREATE INDEX return_match_sale ON return_match (member_id, sale_id);

CREATE TABLE return_unmatched (
    member_id    BIGINT NOT NULL,
    event_id     BIGINT NOT NULL,
    return_line  BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    occurred     BIGINT NOT NULL,
    sku          TEXT NOT NULL DEFAULT '',
    quantity     BIGINT NOT NULL,
    PRIMARY KEY ({member}event_id, return_line)
) {clustered};

CREATE INDEX return_unmatched_programme ON return_unmatched (programme_id, event_id, return_line);

CREATE TABLE sale_tally (
    member_id    BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    purchases    BIGINT NOT NULL,
    goods        BIGINT NOT NULL,
    returned     BIGINT NOT NULL,
    repeat_goods BIGINT NOT NULL,
    first_at     BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    PRIMARY KEY (member_id)
) {clustered};

CREATE INDEX sale_tally_programme ON sale_tally (programme_id);
