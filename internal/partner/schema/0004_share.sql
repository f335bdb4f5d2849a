-- Which part of an offer's discounts a partner bears from a time on, until the
-- next row of the two; a share of 0 ends it. Those of before the time was kept
-- count from ever, as they have until now.
CREATE TABLE partner_share (
    offer_id     BIGINT NOT NULL,
    partner_id   BIGINT NOT NULL,
    begins       BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    share_num    BIGINT NOT NULL,
    share_den    BIGINT NOT NULL,
    PRIMARY KEY (offer_id, partner_id, begins)
) {clustered};

CREATE INDEX partner_share_programme ON partner_share (programme_id);

INSERT INTO partner_share (offer_id, partner_id, begins, programme_id, share_num, share_den)
    SELECT offer_id, partner_id, 0, programme_id, share_num, share_den FROM partner_offer;

DROP TABLE partner_offer;
