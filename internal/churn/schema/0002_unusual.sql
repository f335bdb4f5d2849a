-- After how many days without a purchase somebody's silence is unusual for them;
-- 0 where that is not known. Where nothing is known of leaving, the state is
-- empty and slips and quiet are 0.
ALTER TABLE churn_standing ADD COLUMN rare BIGINT NOT NULL DEFAULT 0;
