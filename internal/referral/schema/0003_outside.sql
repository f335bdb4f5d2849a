-- Influencers who are nobody's profile, under an id that stands where a
-- member's would. forgotten is 0 until name, channel and contact were taken out.
CREATE TABLE influencer (
	id BIGINT NOT NULL PRIMARY KEY,
	programme_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	channel TEXT NOT NULL,
	contact TEXT NOT NULL,
	made BIGINT NOT NULL,
	forgotten BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX influencer_programme ON influencer (programme_id);

-- Fees that were paid by hand, in minor units; what is owed are the fees of
-- referrals that were kept, less these.
CREATE TABLE influencer_payment (
	id BIGINT NOT NULL PRIMARY KEY,
	programme_id BIGINT NOT NULL,
	influencer_id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	note TEXT NOT NULL,
	done_by TEXT NOT NULL
);

CREATE INDEX influencer_payment_of ON influencer_payment (programme_id, influencer_id, id);
