-- What staff may give; spec is what a manager wrote, as JSON. version counts the
-- changes; measured is since when the present share of members is held out, 0
-- while nobody is.
CREATE TABLE gesture (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	spec TEXT NOT NULL,
	version BIGINT NOT NULL,
	measured BIGINT NOT NULL,
	made BIGINT NOT NULL,
	changed BIGINT NOT NULL,
	retired BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

-- What was given, and what was asked for and held out by the draw. shop_id is 0
-- where none was named; share is how many of 10,000 were held out at the time;
-- name is the caller's own, by which a repeat is known.
CREATE TABLE gesture_giving (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	gesture_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	shop_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	state TEXT NOT NULL,
	at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	channel TEXT NOT NULL,
	note TEXT NOT NULL,
	cost BIGINT NOT NULL,
	asked TEXT NOT NULL,
	advised TEXT NOT NULL,
	saved BIGINT NOT NULL,
	share BIGINT NOT NULL,
	name TEXT NOT NULL,
	taken BIGINT NOT NULL,
	taken_by TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE INDEX gesture_giving_gesture ON gesture_giving (programme_id, gesture_id, at, id);
CREATE INDEX gesture_giving_member ON gesture_giving (member_id, id);
CREATE UNIQUE INDEX gesture_giving_name ON gesture_giving (programme_id, name) WHERE name <> '';
