-- search holds SKU, name, category and brand, folded.
CREATE TABLE product (
    programme_id BIGINT NOT NULL,
    sku          TEXT NOT NULL,
    name         TEXT NOT NULL,
    category     TEXT NOT NULL,
    brand        TEXT NOT NULL,
    cost         BIGINT NOT NULL,
    active       BOOLEAN NOT NULL,
    search       TEXT NOT NULL,
    PRIMARY KEY (programme_id, sku)
) {clustered};
