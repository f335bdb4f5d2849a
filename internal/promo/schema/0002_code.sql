-- Codes that were made or imported together. What is said here of all codes of
-- a batch is not written again at each: that they were issued, and that the
-- batch was cancelled.
CREATE TABLE promo_batch (
	id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	offer_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	prefix TEXT NOT NULL,
	length BIGINT NOT NULL, -- of the random part
	wanted BIGINT NOT NULL,
	made BIGINT NOT NULL,
	max_uses BIGINT NOT NULL, -- of each code; 0 is no limit
	valid_days BIGINT NOT NULL,
	begins BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	created BIGINT NOT NULL,
	actor TEXT NOT NULL,
	done BIGINT NOT NULL, -- 0 while codes are still to be written
	cancelled BIGINT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX promo_batch_programme ON promo_batch (programme_id, id);

CREATE TABLE promo_code (
	programme_id BIGINT NOT NULL,
	text TEXT NOT NULL, -- normalised
	id BIGINT NOT NULL,
	offer_id BIGINT NOT NULL,
	batch_id BIGINT NOT NULL,
	printed TEXT NOT NULL, -- empty where it is the text
	member_id BIGINT NOT NULL, -- 0 of one that is whoever's who has it
	occasion TEXT NOT NULL,
	state TEXT NOT NULL,
	uses BIGINT NOT NULL,
	max_uses BIGINT NOT NULL, -- 0 is no limit
	begins BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	issued BIGINT NOT NULL,
	delivered BIGINT NOT NULL,
	seen BIGINT NOT NULL,
	reminded BIGINT NOT NULL,
	cancelled BIGINT NOT NULL,
	swept BIGINT NOT NULL, -- when its expiry was written
	moves BIGINT NOT NULL, -- rows in promo_code_step
	PRIMARY KEY (programme_id, text)
) {clustered};

-- Covers the counting of a batch by state.
CREATE INDEX promo_code_batch ON promo_code (batch_id, state, expires);
CREATE INDEX promo_code_id ON promo_code (id);
CREATE INDEX promo_code_member ON promo_code (member_id, batch_id) WHERE member_id <> 0;
CREATE INDEX promo_code_expires ON promo_code (expires) WHERE state IN ('issued', 'delivered', 'seen') AND expires < 9223372036854775807;
CREATE INDEX promo_code_due ON promo_code (programme_id, expires) WHERE state IN ('issued', 'delivered', 'seen') AND expires < 9223372036854775807
	AND uses = 0 AND reminded = 0 AND (member_id <> 0 OR delivered > 0);

-- The life of a code after it was issued, one row a step.
CREATE TABLE promo_code_step (
	programme_id BIGINT NOT NULL,
	text TEXT NOT NULL,
	no BIGINT NOT NULL, -- from 1 within the code
	move TEXT NOT NULL,
	times BIGINT NOT NULL, -- uses taken, held or given back
	at BIGINT NOT NULL,
	channel TEXT NOT NULL,
	actor TEXT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (programme_id, text, no)
) {clustered};

-- Uses set aside for open sales.
CREATE TABLE promo_code_hold (
	programme_id BIGINT NOT NULL,
	text TEXT NOT NULL,
	holder TEXT NOT NULL,
	times BIGINT NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (programme_id, text, holder)
) {clustered};

CREATE INDEX promo_code_hold_until ON promo_code_hold (until);
