-- What a price was made of: as the customer was shown it, and as it was charged.
-- A part that was not shown and was charged was hidden. Where nobody said by
-- which parts it was charged, was_charged is false for all of them.
CREATE TABLE promise_part (
	programme_id BIGINT NOT NULL,
	promise_id BIGINT NOT NULL,
	part TEXT NOT NULL,
	was_shown BOOLEAN NOT NULL,
	shown BIGINT NOT NULL,
	was_charged BOOLEAN NOT NULL,
	charged BIGINT NOT NULL,
	PRIMARY KEY (programme_id, promise_id, part)
) {clustered};
