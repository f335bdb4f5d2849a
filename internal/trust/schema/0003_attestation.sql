-- What somebody stands for where nothing can be measured: the latest of a signal
-- counts, until its day of renewal is over. None is changed or deleted.
CREATE TABLE trust_attestation (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	signal TEXT NOT NULL,
	holds BOOLEAN NOT NULL,
	evidence TEXT NOT NULL,
	link TEXT NOT NULL,
	reference TEXT NOT NULL,
	day TEXT NOT NULL,
	renew TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE INDEX trust_attestation_signal ON trust_attestation (programme_id, signal, id);
