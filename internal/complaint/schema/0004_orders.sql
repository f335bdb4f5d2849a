-- How many orders there were in each hour, counted in hours since 1970, and when
-- that was counted last. It is made of sales by a job, so that reports of big
-- programmes need not walk them.
CREATE TABLE complaint_orders (
	programme_id BIGINT NOT NULL,
	hour BIGINT NOT NULL,
	orders BIGINT NOT NULL,
	PRIMARY KEY (programme_id, hour)
) {clustered};
CREATE TABLE complaint_counted (
	programme_id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	orders BIGINT NOT NULL,
	PRIMARY KEY (programme_id)
) {clustered};
