-- Feeds that are watched for words. minutes parts one look from the next; next
-- is when that is due. failure says what went wrong, failures how often in a row.
CREATE TABLE touch_feed (
	id BIGINT NOT NULL PRIMARY KEY,
	programme_id BIGINT NOT NULL,
	address TEXT NOT NULL,
	name TEXT NOT NULL,
	words TEXT NOT NULL,
	minutes BIGINT NOT NULL,
	burst BIGINT NOT NULL,
	paused BOOLEAN NOT NULL,
	made BIGINT NOT NULL,
	read_at BIGINT NOT NULL,
	next BIGINT NOT NULL,
	failure TEXT NOT NULL,
	detail TEXT NOT NULL,
	failures BIGINT NOT NULL,
	etag TEXT NOT NULL,
	modified TEXT NOT NULL
);

CREATE INDEX touch_feed_programme ON touch_feed (programme_id, id);
CREATE INDEX touch_feed_next ON touch_feed (next);

-- What was found in feeds. No row is ever deleted.
CREATE TABLE touch_mention (
	id BIGINT NOT NULL PRIMARY KEY,
	programme_id BIGINT NOT NULL,
	feed_id BIGINT NOT NULL,
	guid TEXT NOT NULL,
	title TEXT NOT NULL,
	excerpt TEXT NOT NULL,
	link TEXT NOT NULL,
	author TEXT NOT NULL,
	published BIGINT NOT NULL,
	found BIGINT NOT NULL,
	suggested TEXT NOT NULL,
	tone TEXT NOT NULL,
	state TEXT NOT NULL,
	answer TEXT NOT NULL,
	why TEXT NOT NULL,
	review_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	settled BIGINT NOT NULL,
	settled_by TEXT NOT NULL,
	erased BOOLEAN NOT NULL
);

CREATE UNIQUE INDEX touch_mention_name ON touch_mention (programme_id, feed_id, guid);
CREATE INDEX touch_mention_published ON touch_mention (programme_id, published, id);
CREATE INDEX touch_mention_state ON touch_mention (programme_id, state, published, id);
CREATE INDEX touch_mention_member ON touch_mention (programme_id, member_id) WHERE member_id <> 0;
