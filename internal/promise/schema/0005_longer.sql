-- How many months longer a warranty lasts than it was given for, by the rank of
-- the member; due has them in it.
ALTER TABLE promise ADD COLUMN longer BIGINT NOT NULL DEFAULT 0;
