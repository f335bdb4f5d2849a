-- What members are invited to do. spec is what a manager wrote, as JSON; begins
-- and ends bound what counts, ends is Never for one without an end.
CREATE TABLE challenge (
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	state TEXT NOT NULL,
	begins BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX challenge_name ON challenge (programme_id, name);

-- What a challenge with a budget has given all members.
CREATE TABLE challenge_budget (
	challenge_id BIGINT NOT NULL,
	rewards BIGINT NOT NULL,
	points BIGINT NOT NULL,
	PRIMARY KEY (challenge_id)
);

-- Who has joined a challenge that asks for it, and when.
CREATE TABLE challenge_join (
	member_id BIGINT NOT NULL,
	challenge_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	joined BIGINT NOT NULL,
	PRIMARY KEY (member_id, challenge_id)
) {clustered};

-- What a purchase or visit counts for as it stands now: without what came back
-- of it. What counts for nothing has no mark. things lists what was bought, as
-- JSON, where different things are counted.
CREATE TABLE challenge_mark (
	member_id BIGINT NOT NULL,
	challenge_id BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	occurred BIGINT NOT NULL,
	quantity BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	shop_id BIGINT NOT NULL,
	things TEXT NOT NULL,
	PRIMARY KEY (member_id, challenge_id, event_id)
) {clustered};

CREATE INDEX challenge_mark_of ON challenge_mark (programme_id, challenge_id, member_id);

-- What members have reached, each thing once. period, step and no name the
-- round; event_id, code_id say by what it was paid.
CREATE TABLE challenge_award (
	member_id BIGINT NOT NULL,
	challenge_id BIGINT NOT NULL,
	period TEXT NOT NULL,
	step BIGINT NOT NULL,
	no BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	points BIGINT NOT NULL,
	wallet_id BIGINT NOT NULL,
	made BIGINT NOT NULL,
	closed BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	code_id BIGINT NOT NULL,
	why TEXT NOT NULL,
	PRIMARY KEY (member_id, challenge_id, period, step, no)
) {clustered};

CREATE INDEX challenge_award_of ON challenge_award (programme_id, challenge_id, member_id);
