-- The catalogue. spec is what a manager wrote, as JSON.
CREATE TABLE reward (
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	state TEXT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX reward_name ON reward (programme_id, name);

-- How many of a reward there are, Never for any number, and how many are out:
-- redeemed and neither undone nor lapsed. taken never passes stock.
CREATE TABLE reward_stock (
	reward_id BIGINT NOT NULL,
	stock BIGINT NOT NULL,
	taken BIGINT NOT NULL,
	PRIMARY KEY (reward_id)
);

-- What members took, by the event that took it. Prices are those of then. due
-- is when the right to pick it up ends, closed when it was handed out, undone
-- or lapsed; 0 for never and not yet.
CREATE TABLE redemption (
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	reward_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	code TEXT NOT NULL,
	wallet_id BIGINT NOT NULL,
	points BIGINT NOT NULL,
	money BIGINT NOT NULL,
	given BIGINT NOT NULL,
	matched BIGINT NOT NULL,
	occurred BIGINT NOT NULL,
	due BIGINT NOT NULL,
	closed BIGINT NOT NULL,
	PRIMARY KEY ({member}id)
);

CREATE INDEX redemption_member ON redemption (member_id, reward_id, occurred);
CREATE INDEX redemption_state ON redemption (programme_id, state, id);
CREATE INDEX redemption_code ON redemption (programme_id, code) WHERE code <> '';

-- The pick-up codes of what waits to be handed out: no two alike within a
-- programme.
CREATE TABLE reward_pickup (
	programme_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	member_id BIGINT NOT NULL,
	redemption_id BIGINT NOT NULL,
	due BIGINT NOT NULL,
	PRIMARY KEY (programme_id, code)
) {clustered};

CREATE INDEX reward_pickup_due ON reward_pickup (due) WHERE due > 0;
