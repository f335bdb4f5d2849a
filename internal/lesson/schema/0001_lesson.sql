-- What staff learn; spec is what a manager wrote, as JSON. version is the latest
-- that was published, 0 for none; edit counts the changes.
CREATE TABLE lesson (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	draft TEXT NOT NULL,
	version BIGINT NOT NULL,
	edit BIGINT NOT NULL,
	retired BIGINT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

-- Versions that were published; attempts keep theirs.
CREATE TABLE lesson_version (
	programme_id BIGINT NOT NULL,
	lesson_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	spec TEXT NOT NULL,
	published BIGINT NOT NULL,
	PRIMARY KEY (programme_id, lesson_id, version)
) {clustered};

-- Every time that somebody answered a quiz. answers are the codes of the options
-- chosen by question, as JSON; score is of 10,000.
CREATE TABLE lesson_attempt (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	lesson_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	staff_id BIGINT NOT NULL,
	answers TEXT NOT NULL,
	score BIGINT NOT NULL,
	passed BOOLEAN NOT NULL,
	at BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE INDEX lesson_attempt_lesson ON lesson_attempt (programme_id, lesson_id, id);
CREATE INDEX lesson_attempt_staff ON lesson_attempt (programme_id, staff_id, id);
