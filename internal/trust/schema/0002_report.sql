-- Figures of whole periods that are published. name is the period, as 2026-03 or
-- 2026-q1; state is that of the latest version: published, corrected or
-- withdrawn.
CREATE TABLE trust_report (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	name TEXT NOT NULL,
	starts BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	version BIGINT NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

CREATE UNIQUE INDEX trust_report_name ON trust_report (programme_id, name);

-- What was published, corrected and withdrawn, in its order. snapshot is the
-- figures as JSON, empty where they were withdrawn; digest is of it, of all that
-- stands beside it and of the version before. None is changed or deleted.
CREATE TABLE trust_report_version (
	programme_id BIGINT NOT NULL,
	report_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	state TEXT NOT NULL,
	note TEXT NOT NULL,
	snapshot TEXT NOT NULL,
	digest TEXT NOT NULL,
	PRIMARY KEY (programme_id, report_id, version)
) {clustered};
