-- Money of a card that is set aside for open sales; held is the sum of the
-- card's rows, those whose time is over included until the clock comes by.
ALTER TABLE gift_card ADD COLUMN held BIGINT NOT NULL DEFAULT 0;

-- holder names the sale. A hold counts while until is to come.
CREATE TABLE gift_hold (
	programme_id BIGINT NOT NULL,
	number TEXT NOT NULL,
	holder TEXT NOT NULL,
	amount BIGINT NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (programme_id, number, holder)
) {clustered};

CREATE INDEX gift_hold_until ON gift_hold (until);
