-- What customers are told, by the member at the time. content says what to
-- tell, as JSON without contact data; verdict is the reason why it was sent or
-- not. decided is the last decision, due when a deferred contact is decided
-- again, and cap_day and cap_month are the caps by which it was decided.
CREATE TABLE outreach_contact (
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	class TEXT NOT NULL,
	channel TEXT NOT NULL,
	message TEXT NOT NULL,
	content TEXT NOT NULL,
	state TEXT NOT NULL,
	outcome TEXT NOT NULL,
	verdict TEXT NOT NULL,
	made BIGINT NOT NULL,
	decided BIGINT NOT NULL,
	due BIGINT NOT NULL,
	sent BIGINT NOT NULL,
	attempts BIGINT NOT NULL,
	provider_id TEXT NOT NULL,
	failure TEXT NOT NULL,
	cap_day BIGINT NOT NULL,
	cap_month BIGINT NOT NULL,
	PRIMARY KEY ({member}id)
);

CREATE INDEX outreach_contact_member ON outreach_contact (member_id, decided);
CREATE INDEX outreach_contact_programme ON outreach_contact (programme_id, id);
CREATE INDEX outreach_contact_state ON outreach_contact (programme_id, state, id);

-- The names of contacts: one of a name is made once.
CREATE TABLE outreach_name (
	programme_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	member_id BIGINT NOT NULL,
	contact_id BIGINT NOT NULL,
	PRIMARY KEY (programme_id, name)
) {clustered};

-- Messages of installations that send nothing, as they would have been sent.
CREATE TABLE outreach_sink (
	contact_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	recipient TEXT NOT NULL,
	subject TEXT NOT NULL,
	body TEXT NOT NULL,
	html TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY ({member}contact_id)
);

CREATE INDEX outreach_sink_at ON outreach_sink (at);

-- The contact policy of a programme; the latest version is in force.
CREATE TABLE outreach_policy (
	programme_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, version)
) {clustered};
