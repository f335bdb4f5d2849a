-- Where what is answered was felt, by the words of the kinds of touchpoint; empty
-- where nobody knows. An invitation and an open link hand theirs to the response.
ALTER TABLE survey_response ADD COLUMN touchpoint TEXT NOT NULL DEFAULT '';
ALTER TABLE survey_invitation ADD COLUMN touchpoint TEXT NOT NULL DEFAULT '';
ALTER TABLE survey_token ADD COLUMN touchpoint TEXT NOT NULL DEFAULT '';

-- Responses are read by the day on which they were given.
CREATE INDEX survey_response_given ON survey_response (survey_id, occurred, id);

-- Who would have been drawn but for belonging to those who are never asked, as
-- it was at the draw: the share of these may change later.
CREATE TABLE survey_held (
	member_id BIGINT NOT NULL,
	sample_id BIGINT NOT NULL,
	survey_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	PRIMARY KEY (member_id, sample_id)
) {clustered};

CREATE INDEX survey_held_sample ON survey_held (sample_id);
