-- When a counter last changed, so that old ones can be removed; 0 for those
-- from before this was kept.
ALTER TABLE earn_usage ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
