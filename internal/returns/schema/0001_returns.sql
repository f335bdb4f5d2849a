-- What a programme has chosen about returns, as JSON.
CREATE TABLE IF NOT EXISTS return_setting (
	programme_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	spec TEXT NOT NULL,
	PRIMARY KEY (programme_id)
) {clustered};

-- What customers ask to send back, by the member at the time. name is that of
-- the request that asked; answer_id and promise_id are the promises of an answer
-- and of the money; refund is what is owed in money, fee what was kept of it;
-- both in minor units.
CREATE TABLE IF NOT EXISTS return_request (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	sale_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	source TEXT NOT NULL,
	order_ref TEXT NOT NULL,
	state TEXT NOT NULL,
	asked BIGINT NOT NULL,
	decided BIGINT NOT NULL,
	arrived BIGINT NOT NULL,
	settled BIGINT NOT NULL,
	closed BIGINT NOT NULL,
	fee BIGINT NOT NULL,
	refund BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	answer_id BIGINT NOT NULL,
	promise_id BIGINT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE UNIQUE INDEX IF NOT EXISTS return_request_name ON return_request (programme_id, name);
CREATE INDEX IF NOT EXISTS return_request_state ON return_request (programme_id, state, id);
CREATE INDEX IF NOT EXISTS return_request_sale ON return_request (programme_id, sale_id);
CREATE INDEX IF NOT EXISTS return_request_member ON return_request (member_id, id);

-- Its lines. quantity is in thousandths; amount is what was paid for it, given
-- what came of it, both in minor units; points are in the smallest unit.
CREATE TABLE IF NOT EXISTS return_item (
	programme_id BIGINT NOT NULL,
	return_id BIGINT NOT NULL,
	no BIGINT NOT NULL,
	sale_line BIGINT NOT NULL,
	sku TEXT NOT NULL,
	label TEXT NOT NULL,
	quantity BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	outcome TEXT NOT NULL,
	rule TEXT NOT NULL,
	fee BIGINT NOT NULL,
	keep_share BIGINT NOT NULL,
	state TEXT NOT NULL,
	comment TEXT NOT NULL,
	answer TEXT NOT NULL,
	given BIGINT NOT NULL,
	points BIGINT NOT NULL,
	PRIMARY KEY (programme_id, return_id, no)
) {clustered};

-- Photos as we drew them again.
CREATE TABLE IF NOT EXISTS return_photo (
	programme_id BIGINT NOT NULL,
	return_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	no BIGINT NOT NULL,
	width BIGINT NOT NULL,
	height BIGINT NOT NULL,
	picture BYTEA NOT NULL,
	PRIMARY KEY (programme_id, return_id, id)
);
