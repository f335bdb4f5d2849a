-- Plans. A plan is a draft until its first version is published; a retired one
-- is sold no more.
CREATE TABLE plan (
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	retired BOOLEAN NOT NULL DEFAULT FALSE,
	made BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX plan_code ON plan (programme_id, code);

-- What a plan says, as JSON. The version that is not published is the draft.
CREATE TABLE plan_version (
	plan_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	from_at BIGINT NOT NULL DEFAULT 0,
	published BOOLEAN NOT NULL DEFAULT FALSE,
	spec TEXT NOT NULL,
	PRIMARY KEY (plan_id, number)
) {clustered};

-- How a programme asks for money. The secret signs what is sent to the provider
-- and what comes from it.
CREATE TABLE plan_setting (
	programme_id BIGINT NOT NULL,
	method TEXT NOT NULL,
	url TEXT NOT NULL,
	secret TEXT NOT NULL,
	withdrawal_days BIGINT NOT NULL,
	notice_days BIGINT NOT NULL,
	invoices BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (programme_id)
);

-- One row for each time that somebody joined. terms is the agreement as JSON;
-- next_due is when something next happens by itself.
CREATE TABLE subscription (
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	plan_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	joined BIGINT NOT NULL,
	left_at BIGINT NOT NULL DEFAULT 0,
	ended BIGINT NOT NULL DEFAULT 0,
	next_due BIGINT NOT NULL,
	terms TEXT NOT NULL,
	PRIMARY KEY (member_id, id)
) {clustered};

CREATE UNIQUE INDEX subscription_live ON subscription (member_id) WHERE state <> 'ended';
CREATE INDEX subscription_due ON subscription (next_due) WHERE next_due < 9223372036854775807;
CREATE INDEX subscription_list ON subscription (programme_id, id);

-- The periods of a subscription, one after the other.
CREATE TABLE plan_period (
	member_id BIGINT NOT NULL,
	subscription_id BIGINT NOT NULL,
	no BIGINT NOT NULL,
	plan_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	trial BOOLEAN NOT NULL,
	begins BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	price BIGINT NOT NULL,
	PRIMARY KEY (member_id, subscription_id, no)
) {clustered};

-- What is asked for a period. void is what was cancelled: it bought nothing.
CREATE TABLE charge (
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	subscription_id BIGINT NOT NULL,
	no BIGINT NOT NULL,
	plan_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	purpose TEXT NOT NULL,
	state TEXT NOT NULL,
	void BOOLEAN NOT NULL,
	amount BIGINT NOT NULL,
	credit BIGINT NOT NULL,
	refund BIGINT NOT NULL,
	points BIGINT NOT NULL,
	method TEXT NOT NULL,
	invoice BIGINT NOT NULL,
	reference TEXT NOT NULL,
	made BIGINT NOT NULL,
	due BIGINT NOT NULL,
	paid BIGINT NOT NULL,
	settled BIGINT NOT NULL,
	PRIMARY KEY (member_id, id)
) {clustered};

CREATE UNIQUE INDEX charge_period ON charge (member_id, subscription_id, no) WHERE NOT void;
CREATE INDEX charge_of ON charge (member_id, subscription_id);
CREATE INDEX charge_list ON charge (programme_id, state, id);
CREATE INDEX charge_name ON charge (id);
