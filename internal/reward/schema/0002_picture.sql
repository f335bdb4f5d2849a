-- What a reward looks like: one picture, drawn anew as JPEG, whose hash is its
-- address. alts say in words what it shows, by language, as JSON.
CREATE TABLE reward_picture (
	reward_id BIGINT NOT NULL,
	programme_id BIGINT NOT NULL,
	hash TEXT NOT NULL,
	width BIGINT NOT NULL,
	height BIGINT NOT NULL,
	alts TEXT NOT NULL,
	jpeg BYTEA NOT NULL,
	made BIGINT NOT NULL,
	PRIMARY KEY (reward_id)
);

CREATE INDEX reward_picture_hash ON reward_picture (hash);
CREATE INDEX reward_picture_programme ON reward_picture (programme_id, reward_id);
