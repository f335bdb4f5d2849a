-- What a programme says of households; the highest number is in force. spec is
-- what a manager wrote, as JSON.
CREATE TABLE household_setting (
	programme_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (programme_id, number)
) {clustered};

-- dissolved is 0 while the household stands. code is empty afterwards.
CREATE TABLE household (
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	owner_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	made BIGINT NOT NULL,
	dissolved BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX household_programme ON household (programme_id, id);
CREATE UNIQUE INDEX household_code ON household (programme_id, code) WHERE dissolved = 0;

-- Who belongs to a household now, the owner too: nobody to two.
CREATE TABLE household_member (
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	household_id BIGINT NOT NULL,
	joined BIGINT NOT NULL,
	PRIMARY KEY (member_id)
) {clustered};

CREATE INDEX household_member_of ON household_member (household_id, joined);

-- Points passed on, by the giver; id is the giver's event. purpose is gift,
-- pool or pay; returned is what was taken back, undone when.
CREATE TABLE point_transfer (
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	to_id BIGINT NOT NULL,
	wallet_id BIGINT NOT NULL,
	household_id BIGINT NOT NULL,
	purpose TEXT NOT NULL,
	points BIGINT NOT NULL,
	in_event BIGINT NOT NULL,
	at BIGINT NOT NULL,
	returned BIGINT NOT NULL,
	undone BIGINT NOT NULL,
	PRIMARY KEY ({member}id)
);

CREATE INDEX point_transfer_giver ON point_transfer (member_id, at);
CREATE INDEX point_transfer_receiver ON point_transfer (to_id, at);
CREATE INDEX point_transfer_household ON point_transfer (household_id, id);
CREATE INDEX point_transfer_programme ON point_transfer (programme_id, id);

-- Points fetched from a pool for a purchase, until it is sure that the purchase
-- came.
CREATE TABLE household_fetch (
	transfer_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	source TEXT NOT NULL,
	external_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (transfer_id)
) {clustered};

CREATE INDEX household_fetch_at ON household_fetch (at);
