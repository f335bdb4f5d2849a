-- Offers, and what they say over time. Of one offer at most one version is a
-- draft and at most one is published; a version that was published never
-- changes but for its state and end.
CREATE TABLE promo_offer (
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX promo_offer_name ON promo_offer (programme_id, name);

CREATE TABLE promo_version (
	id BIGINT NOT NULL,
	offer_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	state TEXT NOT NULL,
	-- In force while begins <= sale < ends.
	begins BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	spec TEXT NOT NULL,
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX promo_version_number ON promo_version (offer_id, number);
CREATE UNIQUE INDEX promo_version_draft ON promo_version (offer_id) WHERE state = 'draft';
CREATE UNIQUE INDEX promo_version_published ON promo_version (offer_id) WHERE state = 'published';
CREATE INDEX promo_version_programme ON promo_version (programme_id, offer_id);

-- What an offer gave a member within a period; only of offers with limits per
-- member.
CREATE TABLE promo_usage (
	member_id BIGINT NOT NULL,
	offer_id BIGINT NOT NULL,
	period_start BIGINT NOT NULL,
	period TEXT NOT NULL,
	times BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	PRIMARY KEY (member_id, offer_id, period_start, period)
) {clustered};

-- What an offer gave all members; only by versions with a budget.
CREATE TABLE promo_budget (
	offer_id BIGINT NOT NULL,
	uses BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	PRIMARY KEY (offer_id)
);

-- Each use of an offer in a sale.
CREATE TABLE promo_redemption (
	member_id BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	no BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	offer_id BIGINT NOT NULL,
	version_id BIGINT NOT NULL,
	code_id BIGINT NOT NULL, -- 0 for none
	amount BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY ({member}event_id, no)
) {clustered};
