-- What was promised. due is the first promise and counts for the rate, expected
-- the one that holds now; ends is when the first is over, grace (minutes)
-- included, Never for a price that nobody has charged yet. decided is when it
-- became clear what came of it, actual when it happened by business time.
CREATE TABLE promise (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	shop_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	what TEXT NOT NULL,
	source TEXT NOT NULL,
	external_id TEXT NOT NULL,
	order_ref TEXT NOT NULL,
	made BIGINT NOT NULL,
	due BIGINT NOT NULL,
	grace BIGINT NOT NULL,
	expected BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	shown BIGINT NOT NULL,
	charged BIGINT NOT NULL,
	actual BIGINT NOT NULL,
	state TEXT NOT NULL,
	decided BIGINT NOT NULL,
	warned BIGINT NOT NULL,
	mended BIGINT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE UNIQUE INDEX promise_source ON promise (programme_id, source, external_id);
CREATE INDEX promise_state ON promise (programme_id, state, ends);
CREATE INDEX promise_ends ON promise (programme_id, ends);
CREATE INDEX promise_member ON promise (member_id, id);
CREATE INDEX promise_order ON promise (programme_id, order_ref);

-- Promises that replaced the first one, in their order.
CREATE TABLE promise_change (
	programme_id BIGINT NOT NULL,
	promise_id BIGINT NOT NULL,
	no BIGINT NOT NULL,
	expected BIGINT NOT NULL,
	at BIGINT NOT NULL,
	reason TEXT NOT NULL,
	actor TEXT NOT NULL,
	PRIMARY KEY (programme_id, promise_id, no)
) {clustered};

-- What a programme has chosen, as JSON; the secrets of carriers stand apart and
-- are never shown again nor exported.
CREATE TABLE promise_setting (
	programme_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	spec TEXT NOT NULL,
	PRIMARY KEY (programme_id)
) {clustered};

CREATE TABLE promise_secret (
	programme_id BIGINT NOT NULL,
	carrier TEXT NOT NULL,
	secret TEXT NOT NULL,
	PRIMARY KEY (programme_id, carrier)
) {clustered};

-- Parcels by the number that the carrier gave them. code opens the tracking
-- page; doors are salted digests of what else a customer may name. status,
-- happened and delivered are the fold of the events.
CREATE TABLE parcel (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	promise_id BIGINT NOT NULL,
	carrier TEXT NOT NULL,
	number TEXT NOT NULL,
	order_ref TEXT NOT NULL,
	code TEXT NOT NULL,
	postcode_door TEXT NOT NULL,
	phone_door TEXT NOT NULL,
	made BIGINT NOT NULL,
	status TEXT NOT NULL,
	happened BIGINT NOT NULL,
	delivered BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE UNIQUE INDEX parcel_number ON parcel (programme_id, number);
CREATE UNIQUE INDEX parcel_code ON parcel (code);
CREATE INDEX parcel_order ON parcel (programme_id, order_ref);
CREATE INDEX parcel_member ON parcel (member_id, id);
CREATE INDEX parcel_status ON parcel (programme_id, status, id);

CREATE TABLE parcel_event (
	programme_id BIGINT NOT NULL,
	parcel_id BIGINT NOT NULL,
	external_id TEXT NOT NULL,
	status TEXT NOT NULL,
	occurred BIGINT NOT NULL,
	recorded BIGINT NOT NULL,
	place TEXT NOT NULL,
	words TEXT NOT NULL,
	PRIMARY KEY (programme_id, parcel_id, external_id)
) {clustered};
