-- Companies whose shops give and take the programme's points. wallet_id is the
-- wallet that is settled with them, fixed; ended is 0 while the partnership
-- lasts.
CREATE TABLE partner (
    id           BIGINT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    name         TEXT NOT NULL,
    contact      TEXT NOT NULL,
    wallet_id    BIGINT NOT NULL,
    may_grant    BOOLEAN NOT NULL,
    may_accept   BOOLEAN NOT NULL,
    made         BIGINT NOT NULL,
    ended        BIGINT NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX partner_name ON partner (programme_id, name);

-- Versions of a partner's terms, never changed; the first begins at 0, so that
-- every sale has terms. spec is JSON.
CREATE TABLE partner_terms (
    id         BIGINT NOT NULL PRIMARY KEY,
    partner_id BIGINT NOT NULL,
    begins     BIGINT NOT NULL,
    spec       TEXT NOT NULL
);

CREATE UNIQUE INDEX partner_terms_begin ON partner_terms (partner_id, begins);

-- Whose a shop is, and from when to when; ends is 0 until it is known. The times
-- of one shop do not overlap.
CREATE TABLE partner_shop (
    shop_id      BIGINT NOT NULL,
    begins       BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    partner_id   BIGINT NOT NULL,
    ends         BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, begins)
) {clustered};

CREATE INDEX partner_shop_programme ON partner_shop (programme_id);

-- Which part of an offer's discounts a partner bears.
CREATE TABLE partner_offer (
    offer_id     BIGINT NOT NULL,
    partner_id   BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    share_num    BIGINT NOT NULL,
    share_den    BIGINT NOT NULL,
    PRIMARY KEY (offer_id, partner_id)
) {clustered};

CREATE INDEX partner_offer_programme ON partner_offer (programme_id);

-- What is to be settled, once for each cause: an entry of the ledger, or an
-- offer of a sale. quantity is in the smallest unit of points, or in minor units
-- for offers; quantity × rate is what the partner owes, exactly. month is
-- year × 100 + month and was open when the line was noted.
CREATE TABLE partner_line (
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
    PRIMARY KEY (side, source_id, offer_id, partner_id)
) {clustered};

CREATE INDEX partner_line_month ON partner_line (partner_id, month);
CREATE INDEX partner_line_member ON partner_line (member_id);

-- Closed statements, never changed. body is the statement without its lines, as
-- JSON; hash covers both, and the hash of the statement before it.
CREATE TABLE partner_statement (
    id           BIGINT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    partner_id   BIGINT NOT NULL,
    month        BIGINT NOT NULL,
    number       BIGINT NOT NULL,
    closed       BIGINT NOT NULL,
    total        BIGINT NOT NULL,
    body         TEXT NOT NULL,
    hash         TEXT NOT NULL
);

CREATE UNIQUE INDEX partner_statement_month ON partner_statement (partner_id, month);
CREATE UNIQUE INDEX partner_statement_number ON partner_statement (programme_id, number);

-- The lines of closed statements, with their sums. What has been settled once is
-- in no other statement.
CREATE TABLE partner_statement_line (
    statement_id BIGINT NOT NULL,
    no           BIGINT NOT NULL,
    partner_id   BIGINT NOT NULL,
    side         TEXT NOT NULL,
    source_id    BIGINT NOT NULL,
    offer_id     BIGINT NOT NULL,
    event_id     BIGINT NOT NULL,
    sale_id      BIGINT NOT NULL,
    shop_id      BIGINT NOT NULL,
    terms_id     BIGINT NOT NULL,
    quantity     BIGINT NOT NULL,
    rate_num     BIGINT NOT NULL,
    rate_den     BIGINT NOT NULL,
    amount       BIGINT NOT NULL,
    occurred     BIGINT NOT NULL,
    recorded     BIGINT NOT NULL,
    PRIMARY KEY (statement_id, no)
) {clustered};

CREATE UNIQUE INDEX partner_statement_once ON partner_statement_line (side, source_id, offer_id, partner_id);
