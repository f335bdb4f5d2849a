-- Choices about silences; the latest version is in force.
CREATE TABLE churn_settings (
	programme_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, version)
) {clustered};

-- How the customers of a programme buy and leave, as it was learnt; the highest
-- number is in force. spec is the parameters and what they were learnt from.
CREATE TABLE churn_model (
	programme_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	learnt BIGINT NOT NULL,
	spec TEXT NOT NULL,
	PRIMARY KEY (programme_id, number)
) {clustered};

-- When everybody was looked at last, and what was counted.
CREATE TABLE churn_run (
	programme_id BIGINT NOT NULL,
	day BIGINT NOT NULL,
	ended BIGINT NOT NULL,
	spec TEXT NOT NULL,
	PRIMARY KEY (programme_id)
) {clustered};

-- How a member stands, of those with days enough; member_id is nobody who was
-- merged into another. Days are counted from 1970-01-01 in the programme's zone,
-- lengths are in days. goods is what they bought and kept in the year up to the
-- last purchase.
CREATE TABLE churn_standing (
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	since BIGINT NOT NULL,
	days BIGINT NOT NULL,
	first_day BIGINT NOT NULL,
	last_day BIGINT NOT NULL,
	low BIGINT NOT NULL,
	middle BIGINT NOT NULL,
	high BIGINT NOT NULL,
	slips BIGINT NOT NULL,
	quiet BIGINT NOT NULL,
	back BOOLEAN NOT NULL,
	goods BIGINT NOT NULL,
	shop_id BIGINT NOT NULL,
	trouble TEXT NOT NULL,
	trouble_at BIGINT NOT NULL,
	PRIMARY KEY (member_id)
) {clustered};

CREATE INDEX churn_standing_state ON churn_standing (programme_id, state, goods, member_id);

-- How the state of a member changed: day is from when, noted when we saw it.
CREATE TABLE churn_change (
	member_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	day BIGINT NOT NULL,
	noted BIGINT NOT NULL,
	from_state TEXT NOT NULL,
	to_state TEXT NOT NULL,
	trouble TEXT NOT NULL,
	PRIMARY KEY ({member}id)
);

CREATE INDEX churn_change_member ON churn_change (member_id, id);
CREATE INDEX churn_change_day ON churn_change (programme_id, to_state, day);
