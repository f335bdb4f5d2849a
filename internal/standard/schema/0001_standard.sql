-- What shops keep to. draft is what a manager works on, as JSON, or empty;
-- version is the latest that was published, 0 for none.
CREATE TABLE standard (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	draft TEXT NOT NULL,
	version BIGINT NOT NULL,
	edit BIGINT NOT NULL,
	retired BIGINT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

-- Versions that were published; score sheets keep theirs.
CREATE TABLE standard_version (
	programme_id BIGINT NOT NULL,
	standard_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	spec TEXT NOT NULL,
	published BIGINT NOT NULL,
	published_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, standard_id, version)
) {clustered};

-- What a mystery visitor does.
CREATE TABLE standard_scenario (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	spec TEXT NOT NULL,
	edit BIGINT NOT NULL,
	retired BIGINT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

-- Who may be sent. avoid are shops where they work or are known, as JSON; gone is
-- when they stopped, 0 while they may be drawn.
CREATE TABLE standard_visitor (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	staff_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	contact TEXT NOT NULL,
	avoid TEXT NOT NULL,
	made BIGINT NOT NULL,
	gone BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE INDEX standard_visitor_member ON standard_visitor (member_id) WHERE member_id <> 0;

-- Draws. lots are what the draw went by, as JSON, so that it can be repeated.
CREATE TABLE standard_round (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	scenario_id BIGINT NOT NULL,
	from_day TEXT NOT NULL,
	to_day TEXT NOT NULL,
	lots TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

-- Visits and audits with their sheets. pair_id is the visit whose second rater
-- this one is, or 0. token is the hash of the link's secret, which is made when it
-- is needed. Times of the day are minutes, -1 for none. score is per 10,000, -1
-- when nothing could be judged.
CREATE TABLE standard_visit (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	round_id BIGINT NOT NULL,
	scenario_id BIGINT NOT NULL,
	standard_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	shop_id BIGINT NOT NULL,
	visitor_id BIGINT NOT NULL,
	auditor_id BIGINT NOT NULL,
	pair_id BIGINT NOT NULL,
	day TEXT NOT NULL,
	opens BIGINT NOT NULL,
	closes BIGINT NOT NULL,
	state TEXT NOT NULL,
	token TEXT NOT NULL,
	answers TEXT NOT NULL,
	arrived BIGINT NOT NULL,
	served BIGINT NOT NULL,
	departed BIGINT NOT NULL,
	reference TEXT NOT NULL,
	sale_id BIGINT NOT NULL,
	remark TEXT NOT NULL,
	lang TEXT NOT NULL,
	score BIGINT NOT NULL,
	failed BOOLEAN NOT NULL,
	sent BIGINT NOT NULL,
	reply TEXT NOT NULL,
	replied BIGINT NOT NULL,
	replied_by TEXT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE UNIQUE INDEX standard_visit_token ON standard_visit (token);
CREATE INDEX standard_visit_sent ON standard_visit (programme_id, standard_id, opens);
CREATE INDEX standard_visit_round ON standard_visit (programme_id, round_id, id);
CREATE INDEX standard_visit_visitor ON standard_visit (programme_id, visitor_id, id);

-- What stood on a sheet before a manager corrected it, as JSON, and why.
CREATE TABLE standard_correction (
	programme_id BIGINT NOT NULL,
	visit_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	before TEXT NOT NULL,
	PRIMARY KEY (programme_id, visit_id, id)
) {clustered};

-- Evidence, drawn anew as JPEG. criterion is empty for the visit as a whole.
CREATE TABLE standard_photo (
	programme_id BIGINT NOT NULL,
	visit_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	width BIGINT NOT NULL,
	height BIGINT NOT NULL,
	picture BYTEA NOT NULL,
	PRIMARY KEY (programme_id, visit_id, id)
);
