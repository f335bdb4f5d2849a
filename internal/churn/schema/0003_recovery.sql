-- Campaigns that ask silent customers back. spec is what the shop says of one;
-- seed draws who is held back. seen is up to which member everybody was looked at
-- since it was started, chosen when that was done, tally what it came to.
CREATE TABLE churn_recovery (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	state TEXT NOT NULL,
	spec TEXT NOT NULL,
	seed TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	changed BIGINT NOT NULL,
	started BIGINT NOT NULL,
	started_by TEXT NOT NULL,
	until BIGINT NOT NULL,
	ended_by TEXT NOT NULL,
	seen BIGINT NOT NULL,
	chosen BIGINT NOT NULL,
	tally TEXT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

-- Who was chosen for a campaign, at the time; merges do not rewrite it. until is
-- when their window ends. Whoever is held back is neither written to nor given
-- anything. cost is that of what was given, in minor units; that of a code is what
-- it takes off.
CREATE TABLE churn_recovered (
	member_id BIGINT NOT NULL,
	recovery_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	held BOOLEAN NOT NULL,
	state TEXT NOT NULL,
	why TEXT NOT NULL,
	at BIGINT NOT NULL,
	until BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	code_id BIGINT NOT NULL,
	cost BIGINT NOT NULL,
	PRIMARY KEY (member_id, recovery_id)
) {clustered};

CREATE INDEX churn_recovered_recovery ON churn_recovered (recovery_id, state, member_id);
CREATE INDEX churn_recovered_programme ON churn_recovered (programme_id, member_id);
