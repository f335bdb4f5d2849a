-- Terms of one influencer, by the member that they are; 0 for those of all
-- members. Numbers run on over both.
ALTER TABLE referral_terms ADD COLUMN influencer_id BIGINT NOT NULL DEFAULT 0;

CREATE INDEX referral_terms_influencer ON referral_terms (influencer_id, number) WHERE influencer_id <> 0;
