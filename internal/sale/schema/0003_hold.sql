-- What is held for a sale that is being rung up, under the sale's own key until
-- it is taken, let go, or the time is over. body says what, as JSON; the rooms
-- of the things keep the holds themselves. member_id is 0 for a stranger.
CREATE TABLE sale_hold (
	programme_id BIGINT NOT NULL,
	source TEXT NOT NULL,
	external_id TEXT NOT NULL,
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	until BIGINT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (programme_id, source, external_id)
);

CREATE UNIQUE INDEX sale_hold_id ON sale_hold (programme_id, id);
CREATE INDEX sale_hold_member ON sale_hold (member_id) WHERE member_id <> 0;
CREATE INDEX sale_hold_until ON sale_hold (until);
