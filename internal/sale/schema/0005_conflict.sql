-- What tills that were cut off gave differently from what the programme would
-- have, and what was refused for that. event_id is the sale, 0 where it was
-- refused. settled is 0 while somebody has to look at it.
CREATE TABLE sale_conflict (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	source TEXT NOT NULL,
	external_id TEXT NOT NULL,
	no BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	occurred BIGINT NOT NULL,
	recorded BIGINT NOT NULL,
	kind TEXT NOT NULL,
	code TEXT NOT NULL,
	card_id BIGINT NOT NULL,
	wallet_id BIGINT NOT NULL,
	points BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	reason TEXT NOT NULL,
	settled BIGINT NOT NULL DEFAULT 0,
	settled_by TEXT NOT NULL DEFAULT '',
	note TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (programme_id, source, external_id, no)
);

CREATE UNIQUE INDEX sale_conflict_id ON sale_conflict (programme_id, id);
CREATE INDEX sale_conflict_open ON sale_conflict (programme_id, id) WHERE settled = 0;
CREATE INDEX sale_conflict_member ON sale_conflict (member_id) WHERE member_id <> 0;
