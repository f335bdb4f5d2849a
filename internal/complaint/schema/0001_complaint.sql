-- Choices about cases; the latest version is in force.
CREATE TABLE complaint_settings (
	programme_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, version)
) {clustered};

-- Complaints, wishes and praise, by the member at the time; member_id is 0 for
-- somebody unknown. spent is working time in microseconds before since, and
-- since is 0 while the clock stands. pin is the hash of a PIN that is kept
-- nowhere, name that of the request which opened the case.
CREATE TABLE complaint_case (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	reason TEXT NOT NULL,
	cause TEXT NOT NULL,
	wanted TEXT NOT NULL,
	severity TEXT NOT NULL,
	shop_id BIGINT NOT NULL,
	sale_id BIGINT NOT NULL,
	reference TEXT NOT NULL,
	source TEXT NOT NULL,
	subject_id BIGINT NOT NULL,
	owner_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	language TEXT NOT NULL,
	contact TEXT NOT NULL,
	track TEXT NOT NULL,
	pin BYTEA NOT NULL,
	tries BIGINT NOT NULL,
	locked BIGINT NOT NULL,
	name TEXT NOT NULL,
	price BIGINT NOT NULL,
	opened BIGINT NOT NULL,
	first_due BIGINT NOT NULL,
	first_answered BIGINT NOT NULL,
	due BIGINT NOT NULL,
	spent BIGINT NOT NULL,
	since BIGINT NOT NULL,
	legal_due BIGINT NOT NULL,
	solved BIGINT NOT NULL,
	closed BIGINT NOT NULL,
	reopenings BIGINT NOT NULL,
	escalations BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
);

CREATE UNIQUE INDEX complaint_case_track ON complaint_case (programme_id, track);
CREATE UNIQUE INDEX complaint_case_name ON complaint_case (programme_id, name);
CREATE INDEX complaint_case_state ON complaint_case (programme_id, state, id);
CREATE INDEX complaint_case_member ON complaint_case (member_id, id);
CREATE INDEX complaint_case_opened ON complaint_case (programme_id, opened);

-- What was said. hash tells answers that were given before; hidden ones are
-- notes among staff.
CREATE TABLE complaint_message (
	programme_id BIGINT NOT NULL,
	case_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	author TEXT NOT NULL,
	actor TEXT NOT NULL,
	form TEXT NOT NULL,
	body TEXT NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (programme_id, case_id, id)
);

CREATE INDEX complaint_message_at ON complaint_message (programme_id, at);

-- Photos as we drew them again.
CREATE TABLE complaint_photo (
	programme_id BIGINT NOT NULL,
	case_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	message_id BIGINT NOT NULL,
	width BIGINT NOT NULL,
	height BIGINT NOT NULL,
	picture BYTEA NOT NULL,
	PRIMARY KEY (programme_id, case_id, id)
);

-- How cases moved from state to state.
CREATE TABLE complaint_step (
	programme_id BIGINT NOT NULL,
	case_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	from_state TEXT NOT NULL,
	to_state TEXT NOT NULL,
	PRIMARY KEY (programme_id, case_id, id)
);

-- What is given to make good. amount is what it is worth in minor units; price
-- is that of the case when it was asked for.
CREATE TABLE complaint_remedy (
	programme_id BIGINT NOT NULL,
	case_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	name TEXT NOT NULL,
	member_id BIGINT NOT NULL,
	subject_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	amount BIGINT NOT NULL,
	points BIGINT NOT NULL,
	wallet_id BIGINT NOT NULL,
	price BIGINT NOT NULL,
	cap BIGINT NOT NULL,
	note TEXT NOT NULL,
	state TEXT NOT NULL,
	why TEXT NOT NULL,
	asked BIGINT NOT NULL,
	asked_by TEXT NOT NULL,
	decided BIGINT NOT NULL,
	decided_by TEXT NOT NULL,
	paid BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	code_id BIGINT NOT NULL,
	batch_id BIGINT NOT NULL,
	PRIMARY KEY (programme_id, case_id, id)
);

CREATE UNIQUE INDEX complaint_remedy_name ON complaint_remedy (programme_id, name);
CREATE INDEX complaint_remedy_asked ON complaint_remedy (programme_id, asked);

-- What is done about a cause.
CREATE TABLE complaint_action (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	cause TEXT NOT NULL,
	title TEXT NOT NULL,
	owner_id BIGINT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	due BIGINT NOT NULL,
	done BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
);
