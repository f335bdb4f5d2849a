-- How much may go at a discount before somebody is told, version by version.
CREATE TABLE discount_settings (
	programme_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, version)
) {clustered};
