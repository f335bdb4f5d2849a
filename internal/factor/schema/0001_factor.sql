-- Choices about factors: names, words, and what counts to which. The latest
-- version is in force.
CREATE TABLE factor_settings (
	programme_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, version)
) {clustered};

-- What a person coded by hand, one row for a piece of feedback at most. source
-- says in which room the piece is, source_id which it is there, part which of
-- its answers. suggested is the factor that was offered then, or empty.
CREATE TABLE factor_coding (
	programme_id BIGINT NOT NULL,
	source TEXT NOT NULL,
	source_id BIGINT NOT NULL,
	part TEXT NOT NULL,
	factor TEXT NOT NULL,
	suggested TEXT NOT NULL,
	coded BIGINT NOT NULL,
	coded_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, source, source_id, part)
) {clustered};

-- What is to be done about a factor. cost is in minor units; due is the
-- beginning of the day in the programme's zone. began and done are 0 before.
CREATE TABLE factor_action (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	factor TEXT NOT NULL,
	title TEXT NOT NULL,
	why TEXT NOT NULL,
	expected TEXT NOT NULL,
	owner_id BIGINT NOT NULL,
	cost BIGINT NOT NULL,
	effort TEXT NOT NULL,
	due BIGINT NOT NULL,
	state TEXT NOT NULL,
	dropped_why TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	began BIGINT NOT NULL,
	done BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
);
