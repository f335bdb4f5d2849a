-- A question that a published survey asks day by day of those who have just
-- bought or been delivered to. plan is JSON; next is when the next draw is due,
-- last for when the last one was, until up to when purchases or deliveries were
-- looked at; 0 for not yet.
CREATE TABLE survey_standing (
	survey_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	plan TEXT NOT NULL,
	paused BOOLEAN NOT NULL,
	next BIGINT NOT NULL,
	last BIGINT NOT NULL,
	until BIGINT NOT NULL,
	changed BIGINT NOT NULL,
	PRIMARY KEY (survey_id)
) {clustered};
