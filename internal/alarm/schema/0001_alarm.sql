-- What wanted to be looked at. topic and subject tell one from another, mark
-- what is new of one that goes on; text is what is said of it, as JSON, about
-- whom it concerns. ended is when it was no longer so, 0 while it is.
CREATE TABLE alarm (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	topic TEXT NOT NULL,
	subject TEXT NOT NULL,
	mark BIGINT NOT NULL,
	text TEXT NOT NULL,
	path TEXT NOT NULL,
	about TEXT NOT NULL,
	raised BIGINT NOT NULL,
	ended BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE INDEX alarm_subject ON alarm (programme_id, topic, subject, id);

-- Who of the staff is written to of an alarm, once.
CREATE TABLE alarm_mail (
	programme_id BIGINT NOT NULL,
	alarm_id BIGINT NOT NULL,
	staff_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	state TEXT NOT NULL,
	settled BIGINT NOT NULL,
	PRIMARY KEY (programme_id, alarm_id, staff_id)
) {clustered};

-- Of what somebody of the staff wants to be told, by topics parted by a space;
-- whoever has no row is told of what is usual for their role.
CREATE TABLE alarm_choice (
	programme_id BIGINT NOT NULL,
	staff_id BIGINT NOT NULL,
	topics TEXT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (programme_id, staff_id)
) {clustered};
