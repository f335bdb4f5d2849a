-- Choices about left baskets; the latest version is in force.
CREATE TABLE basket_settings (
	programme_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, version)
) {clustered};

-- A basket that was left before it was paid. member_id is 0 for an unknown
-- visitor, and the member at the time otherwise; hash is of what its source said,
-- empty once the person is erased. first is the price that was shown first, 0
-- where nobody knows, last that at which it was left. asked is how the customer
-- was asked why, reason what they said and origin from where it is known, each
-- empty for nothing; link is the hash of the secret of their own page.
CREATE TABLE basket (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	source TEXT NOT NULL,
	external_id TEXT NOT NULL,
	hash TEXT NOT NULL,
	member_id BIGINT NOT NULL,
	shop_id BIGINT NOT NULL,
	channel TEXT NOT NULL,
	left_at BIGINT NOT NULL,
	recorded BIGINT NOT NULL,
	step TEXT NOT NULL,
	items BIGINT NOT NULL,
	first BIGINT NOT NULL,
	last BIGINT NOT NULL,
	asked TEXT NOT NULL,
	asked_at BIGINT NOT NULL,
	link TEXT NOT NULL,
	reason TEXT NOT NULL,
	words TEXT NOT NULL,
	origin TEXT NOT NULL,
	answered BIGINT NOT NULL,
	answered_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE UNIQUE INDEX basket_source ON basket (programme_id, source, external_id);
CREATE INDEX basket_left ON basket (programme_id, left_at, id);
CREATE INDEX basket_member ON basket (member_id, id) WHERE member_id <> 0;
CREATE INDEX basket_link ON basket (link) WHERE link <> '';

-- Of what the price was made: shown is what a part stood at when the price was
-- first shown, if it was, and charged what it stood at when the basket was left.
CREATE TABLE basket_part (
	programme_id BIGINT NOT NULL,
	basket_id BIGINT NOT NULL,
	part TEXT NOT NULL,
	was_shown BOOLEAN NOT NULL,
	shown BIGINT NOT NULL,
	charged BIGINT NOT NULL,
	PRIMARY KEY (programme_id, basket_id, part)
) {clustered};
