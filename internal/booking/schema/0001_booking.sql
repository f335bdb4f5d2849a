-- What can be booked; spec is what a manager wrote, as JSON. version counts the
-- changes.
CREATE TABLE booking_service (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	spec TEXT NOT NULL,
	version BIGINT NOT NULL,
	made BIGINT NOT NULL,
	changed BIGINT NOT NULL,
	retired BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

-- Who is expected when. member_id is 0 for a guest of name and phone, who are
-- empty for members; key is the caller's own, by which a repeat is known; moves
-- counts how often the time was changed; decided is when it ended as state says,
-- 0 while the guest is expected; reminded is the beginning that the member was
-- reminded of.
CREATE TABLE booking (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	service_id BIGINT NOT NULL,
	shop_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	phone TEXT NOT NULL,
	begins BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	state TEXT NOT NULL,
	made BIGINT NOT NULL,
	actor TEXT NOT NULL,
	channel TEXT NOT NULL,
	note TEXT NOT NULL,
	key TEXT NOT NULL,
	moves BIGINT NOT NULL,
	decided BIGINT NOT NULL,
	decided_by TEXT NOT NULL,
	reason TEXT NOT NULL,
	reminded BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE INDEX booking_time ON booking (programme_id, begins, id);
CREATE INDEX booking_place ON booking (programme_id, service_id, shop_id, begins);
CREATE INDEX booking_member ON booking (member_id, id);
CREATE INDEX booking_expected ON booking (begins) WHERE state = 'booked';
CREATE UNIQUE INDEX booking_key ON booking (programme_id, key) WHERE key <> '';
