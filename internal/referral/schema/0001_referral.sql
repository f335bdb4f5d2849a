-- What inviters and friends are promised; the highest number is in force. spec
-- is what a manager wrote, as JSON.
CREATE TABLE referral_terms (
	programme_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	state TEXT NOT NULL,
	spec TEXT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (programme_id, number)
) {clustered};

-- One row for each programme with terms: what changes referrals holds it, so
-- that rings, second referrers and limits are seen by whoever comes second.
CREATE TABLE referral_turn (
	programme_id BIGINT NOT NULL,
	turns BIGINT NOT NULL,
	PRIMARY KEY (programme_id)
) {clustered};

-- The codes by which members invite: no two alike in the installation, for a
-- link names no programme.
CREATE TABLE referral_code (
	code TEXT NOT NULL,
	programme_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (code)
) {clustered};

CREATE UNIQUE INDEX referral_code_member ON referral_code (programme_id, member_id);

-- How often a member's link was opened in a month, 202601 for January 2026.
CREATE TABLE referral_click (
	programme_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	month BIGINT NOT NULL,
	clicks BIGINT NOT NULL,
	PRIMARY KEY (programme_id, member_id, month)
) {clustered};

-- Who brought whom, by the ids of then. member_id is the friend. at is when
-- the friend came with the code, sale_id the purchase that counts, due the end
-- of its return window, closed when it was paid or refused. The outcome of a
-- side is empty, paying, paid, none or the code of why not.
CREATE TABLE referral (
	id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	inviter_id BIGINT NOT NULL,
	terms BIGINT NOT NULL,
	source TEXT NOT NULL,
	state TEXT NOT NULL,
	at BIGINT NOT NULL,
	sale_id BIGINT NOT NULL,
	bought BIGINT NOT NULL,
	due BIGINT NOT NULL,
	closed BIGINT NOT NULL,
	allowed BOOLEAN NOT NULL,
	reason TEXT NOT NULL,
	evidence TEXT NOT NULL,
	inviter_outcome TEXT NOT NULL,
	friend_outcome TEXT NOT NULL,
	PRIMARY KEY ({member}id)
);

CREATE UNIQUE INDEX referral_pair ON referral (member_id, inviter_id);
CREATE INDEX referral_inviter ON referral (inviter_id, closed);
CREATE INDEX referral_state ON referral (programme_id, state, id);
CREATE INDEX referral_due ON referral (due) WHERE state IN ('bought', 'paying');

-- Keyed hashes of what a member's events and profile said of devices, cards,
-- addresses, telephones and e-mail.
CREATE TABLE referral_trace (
	programme_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (member_id, kind, hash)
) {clustered};
