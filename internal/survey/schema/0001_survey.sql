-- Questionnaires; spec is what a manager wrote, as JSON. open_code is the code of
-- the link that anybody may use, or empty.
CREATE TABLE survey (
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	spec TEXT NOT NULL,
	open_code TEXT NOT NULL,
	made BIGINT NOT NULL,
	published BIGINT NOT NULL,
	closed BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX survey_programme ON survey (programme_id, id);
CREATE INDEX survey_open ON survey (open_code) WHERE open_code <> '';

-- How a programme asks: the share of members, per 10,000, who are never asked.
CREATE TABLE survey_setting (
	programme_id BIGINT NOT NULL,
	never_share BIGINT NOT NULL,
	PRIMARY KEY (programme_id)
) {clustered};

-- Whom a survey was sent to and how they were drawn. cells counts the eligible
-- by what is known of everybody, as JSON; drawn counts those chosen of them.
CREATE TABLE survey_sample (
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	survey_id BIGINT NOT NULL,
	plan TEXT NOT NULL,
	state TEXT NOT NULL,
	eligible BIGINT NOT NULL,
	never BIGINT NOT NULL,
	drawn BIGINT NOT NULL,
	invited BIGINT NOT NULL,
	cells TEXT NOT NULL,
	made BIGINT NOT NULL,
	done BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX survey_sample_survey ON survey_sample (survey_id, id);

-- One member asked once by one survey. cell is what was known of the member when
-- they were drawn.
CREATE TABLE survey_invitation (
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	survey_id BIGINT NOT NULL,
	sample_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	cell TEXT NOT NULL,
	made BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	changed BIGINT NOT NULL,
	response_id BIGINT NOT NULL,
	PRIMARY KEY ({member}id)
);

CREATE UNIQUE INDEX survey_invitation_member ON survey_invitation (member_id, survey_id);
CREATE INDEX survey_invitation_survey ON survey_invitation (survey_id, id);

-- What a link stands for; the link itself is kept nowhere.
CREATE TABLE survey_token (
	hash TEXT NOT NULL,
	programme_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	survey_id BIGINT NOT NULL,
	invitation_id BIGINT NOT NULL,
	response_id BIGINT NOT NULL,
	PRIMARY KEY (hash)
) {clustered};

CREATE INDEX survey_token_member ON survey_token (member_id);

-- One questionnaire that was begun; member_id is 0 where nobody knows who.
CREATE TABLE survey_response (
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	survey_id BIGINT NOT NULL,
	invitation_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	lang TEXT NOT NULL,
	mode TEXT NOT NULL,
	shop_id BIGINT NOT NULL,
	cell TEXT NOT NULL,
	occurred BIGINT NOT NULL,
	recorded BIGINT NOT NULL,
	PRIMARY KEY ({member}id)
);

CREATE INDEX survey_response_survey ON survey_response (survey_id, id);
CREATE INDEX survey_response_member ON survey_response (member_id, id);

-- One answer. suggested and reason are codes of
-- reasons for words, the latter confirmed by a person.
CREATE TABLE survey_answer (
	member_id BIGINT NOT NULL,
	response_id BIGINT NOT NULL,
	question TEXT NOT NULL,
	number BIGINT NOT NULL,
	choices TEXT NOT NULL,
	words TEXT NOT NULL,
	skipped BOOLEAN NOT NULL,
	suggested TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (member_id, response_id, question)
) {clustered};

-- Answers that were brought in, by the name that their source gives them.
CREATE TABLE survey_key (
	programme_id BIGINT NOT NULL,
	source TEXT NOT NULL,
	external_id TEXT NOT NULL,
	response_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (programme_id, source, external_id)
) {clustered};

-- What people give as reasons, with the words by which one is suggested; names
-- and hints are JSON by language.
CREATE TABLE survey_reason (
	programme_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	names TEXT NOT NULL,
	hints TEXT NOT NULL,
	PRIMARY KEY (programme_id, code)
) {clustered};
