-- How each signal of trust stood on a day of the programme, once a day. share_k of
-- share_n are the share, both 0 of a signal that is none.
CREATE TABLE trust_reading (
	programme_id BIGINT NOT NULL,
	day TEXT NOT NULL,
	signal TEXT NOT NULL,
	verdict TEXT NOT NULL,
	trend TEXT NOT NULL,
	share_k BIGINT NOT NULL,
	share_n BIGINT NOT NULL,
	PRIMARY KEY (programme_id, day, signal)
) {clustered};
