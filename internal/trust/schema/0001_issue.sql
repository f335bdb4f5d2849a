-- What is not perfect, in the shop's own words. spec is what a manager wrote, as
-- JSON; state, published and since are of it. version is that of the latest row
-- of trust_issue_version.
CREATE TABLE trust_issue (
	programme_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	state TEXT NOT NULL,
	published BOOLEAN NOT NULL,
	since TEXT NOT NULL,
	made BIGINT NOT NULL,
	changed BIGINT NOT NULL,
	spec TEXT NOT NULL,
	PRIMARY KEY (programme_id, id)
) {clustered};

-- The products that an issue names, so that a purchase finds it.
CREATE TABLE trust_issue_product (
	programme_id BIGINT NOT NULL,
	sku TEXT NOT NULL,
	issue_id BIGINT NOT NULL,
	PRIMARY KEY (programme_id, sku, issue_id)
) {clustered};

-- Every version that there was, in their order. None is changed or deleted.
CREATE TABLE trust_issue_version (
	programme_id BIGINT NOT NULL,
	issue_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	spec TEXT NOT NULL,
	PRIMARY KEY (programme_id, issue_id, version)
) {clustered};

-- Who was told that an issue is mended; each is told once.
CREATE TABLE trust_told (
	programme_id BIGINT NOT NULL,
	issue_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (programme_id, issue_id, member_id)
) {clustered};

CREATE INDEX trust_told_member ON trust_told (member_id);
