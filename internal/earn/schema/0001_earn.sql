-- Rules, and what they say over time. Of one rule at most one version is a
-- draft and at most one is published; a version that was published never
-- changes but for its state and end.
CREATE TABLE earn_rule (
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	event_kind TEXT NOT NULL,
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX earn_rule_name ON earn_rule (programme_id, name);

CREATE TABLE earn_version (
	id BIGINT NOT NULL,
	rule_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	state TEXT NOT NULL,
	-- In force while begins <= event < ends.
	begins BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	decimals BIGINT NOT NULL,
	spec TEXT NOT NULL,
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX earn_version_number ON earn_version (rule_id, number);
CREATE UNIQUE INDEX earn_version_draft ON earn_version (rule_id) WHERE state = 'draft';
CREATE UNIQUE INDEX earn_version_published ON earn_version (rule_id) WHERE state = 'published';
CREATE INDEX earn_version_programme ON earn_version (programme_id, rule_id);

-- What a rule gave a member within a period; only of rules with caps.
CREATE TABLE earn_usage (
	member_id BIGINT NOT NULL,
	rule_id BIGINT NOT NULL,
	period_start BIGINT NOT NULL,
	period TEXT NOT NULL,
	times BIGINT NOT NULL,
	points BIGINT NOT NULL,
	PRIMARY KEY (member_id, rule_id, period_start, period)
) {clustered};

-- What a rule gave all members; only of rules with a budget.
CREATE TABLE earn_budget (
	rule_id BIGINT NOT NULL,
	points BIGINT NOT NULL,
	PRIMARY KEY (rule_id)
);
