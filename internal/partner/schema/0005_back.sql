-- What came back of a sale takes its part of a shared discount back, so that one
-- sale and offer may have several lines: one for each event.
CREATE TABLE partner_line_by_event (
    side         TEXT NOT NULL,
    source_id    BIGINT NOT NULL,
    offer_id     BIGINT NOT NULL,
    partner_id   BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    month        BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    event_id     BIGINT NOT NULL,
    sale_id      BIGINT NOT NULL,
    shop_id      BIGINT NOT NULL,
    terms_id     BIGINT NOT NULL,
    quantity     BIGINT NOT NULL,
    rate_num     BIGINT NOT NULL,
    rate_den     BIGINT NOT NULL,
    occurred     BIGINT NOT NULL,
    recorded     BIGINT NOT NULL,
    PRIMARY KEY (side, source_id, offer_id, partner_id, event_id)
) {clustered};

INSERT INTO partner_line_by_event (side, source_id, offer_id, partner_id, programme_id, month, member_id, event_id, sale_id, shop_id, terms_id,
        quantity, rate_num, rate_den, occurred, recorded)
    SELECT side, source_id, offer_id, partner_id, programme_id, month, member_id, event_id, sale_id, shop_id, terms_id,
        quantity, rate_num, rate_den, occurred, recorded FROM partner_line;

DROP TABLE partner_line;

ALTER TABLE partner_line_by_event RENAME TO partner_line;

CREATE INDEX partner_line_month ON partner_line (partner_id, month);
CREATE INDEX partner_line_member ON partner_line (member_id);

DROP INDEX partner_statement_once;
CREATE UNIQUE INDEX partner_statement_once ON partner_statement_line (side, source_id, offer_id, partner_id, event_id);
