-- What is watched for; the highest number is in force. spec is what a manager
-- wrote, as JSON.
CREATE TABLE fraud_rules (
	programme_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (programme_id, number)
) {clustered};

-- One row for each programme that is watched: what changes its marks and flags
-- holds it, so that of two readings the later sees what the earlier marked.
CREATE TABLE fraud_turn (
	programme_id BIGINT NOT NULL,
	turns BIGINT NOT NULL,
	PRIMARY KEY (programme_id)
) {clustered};

-- What an event counts for. bucket is the beginning of the hour, day or month in
-- which it happened, 0 for all times. member_id is the member at the time.
CREATE TABLE fraud_mark (
	programme_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	bucket BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	points BIGINT NOT NULL,
	actor TEXT NOT NULL,
	PRIMARY KEY (programme_id, kind, subject, bucket, event_id)
) {clustered};

CREATE INDEX fraud_mark_bucket ON fraud_mark (programme_id, kind, bucket);
CREATE INDEX fraud_mark_member ON fraud_mark (member_id);

-- What came to more than a rule allows: one flag for a subject and its hour, day
-- or month. evidence is the events, as JSON.
CREATE TABLE fraud_flag (
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	bucket BIGINT NOT NULL,
	state TEXT NOT NULL,
	hold BOOLEAN NOT NULL,
	rules BIGINT NOT NULL,
	figure BIGINT NOT NULL,
	more BIGINT NOT NULL,
	events BIGINT NOT NULL,
	evidence TEXT NOT NULL,
	at BIGINT NOT NULL,
	raised BIGINT NOT NULL,
	decided BIGINT NOT NULL,
	decider TEXT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX fraud_flag_subject ON fraud_flag (programme_id, kind, subject, bucket);
CREATE INDEX fraud_flag_state ON fraud_flag (programme_id, state, id);

-- Whom a flag is about. points were given by its events, aside of them are away
-- from the member now. moving is what the movement number step is about to take,
-- below 0 to give back.
CREATE TABLE fraud_part (
	flag_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	points BIGINT NOT NULL,
	aside BIGINT NOT NULL,
	moving BIGINT NOT NULL,
	step BIGINT NOT NULL,
	PRIMARY KEY (flag_id, member_id)
) {clustered};

CREATE INDEX fraud_part_member ON fraud_part (member_id);
