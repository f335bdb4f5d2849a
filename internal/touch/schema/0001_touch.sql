-- Places where customer and company meet. links says, as JSON, where reviews are
-- left; texts what cards say.
CREATE TABLE touchpoint (
	id BIGINT NOT NULL PRIMARY KEY,
	programme_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	shop_id BIGINT NOT NULL,
	links TEXT NOT NULL,
	closed BOOLEAN NOT NULL,
	made BIGINT NOT NULL
);

CREATE INDEX touchpoint_programme ON touchpoint (programme_id, id);

-- Cards that were made together, and how they look.
CREATE TABLE touch_batch (
	id BIGINT NOT NULL PRIMARY KEY,
	programme_id BIGINT NOT NULL,
	touchpoint_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	cards BIGINT NOT NULL,
	design TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL
);

CREATE INDEX touch_batch_programme ON touch_batch (programme_id, id);

-- A card is known by its code alone, since its address names nothing else.
CREATE TABLE touch_card (
	code TEXT NOT NULL PRIMARY KEY,
	programme_id BIGINT NOT NULL,
	batch_id BIGINT NOT NULL,
	touchpoint_id BIGINT NOT NULL,
	order_ref TEXT NOT NULL,
	bound BIGINT NOT NULL
);

CREATE INDEX touch_card_batch ON touch_card (programme_id, batch_id, code);

-- Whether an order was drawn to get a card, and which one it got.
CREATE TABLE touch_order (
	programme_id BIGINT NOT NULL,
	order_ref TEXT NOT NULL,
	card BOOLEAN NOT NULL,
	share BIGINT NOT NULL,
	code TEXT NOT NULL,
	drawn BIGINT NOT NULL,
	PRIMARY KEY (programme_id, order_ref)
) {clustered};

-- Of 10,000 orders so many get no card, drawn by seed.
CREATE TABLE touch_trial (
	programme_id BIGINT NOT NULL PRIMARY KEY,
	seed TEXT NOT NULL,
	share BIGINT NOT NULL
);

-- Scans and clicks by the hour; nothing tells who it was.
CREATE TABLE touch_visit (
	programme_id BIGINT NOT NULL,
	hour BIGINT NOT NULL,
	code TEXT NOT NULL,
	door TEXT NOT NULL,
	platform TEXT NOT NULL,
	touchpoint_id BIGINT NOT NULL,
	visits BIGINT NOT NULL,
	PRIMARY KEY (programme_id, hour, code, door, platform)
) {clustered};

-- Public reviews and our answers. No row is ever deleted.
CREATE TABLE touch_review (
	id BIGINT NOT NULL PRIMARY KEY,
	programme_id BIGINT NOT NULL,
	platform TEXT NOT NULL,
	external_id TEXT NOT NULL,
	place TEXT NOT NULL,
	touchpoint_id BIGINT NOT NULL,
	rating BIGINT NOT NULL,
	occurred BIGINT NOT NULL,
	recorded BIGINT NOT NULL,
	author TEXT NOT NULL,
	body TEXT NOT NULL,
	order_ref TEXT NOT NULL,
	answer TEXT NOT NULL,
	answered BIGINT NOT NULL,
	answered_by TEXT NOT NULL,
	answer_ref TEXT NOT NULL,
	state TEXT NOT NULL,
	erased BOOLEAN NOT NULL
);

CREATE UNIQUE INDEX touch_review_name ON touch_review (programme_id, platform, external_id);
CREATE INDEX touch_review_occurred ON touch_review (programme_id, occurred, id);
CREATE INDEX touch_review_state ON touch_review (programme_id, state, occurred, id);
CREATE INDEX touch_review_order ON touch_review (programme_id, order_ref) WHERE order_ref <> '';
CREATE INDEX touch_card_order ON touch_card (programme_id, order_ref) WHERE order_ref <> '';

-- Where reviews are fetched from, and how far that got. secret is the key of the
-- platform's API.
CREATE TABLE touch_source (
	programme_id BIGINT NOT NULL,
	platform TEXT NOT NULL,
	account TEXT NOT NULL,
	secret TEXT NOT NULL,
	read_to BIGINT NOT NULL,
	failure TEXT NOT NULL,
	PRIMARY KEY (programme_id, platform)
) {clustered};
