-- A photo as evidence of what somebody stands for, drawn anew as JPEG. One that
-- was taken away is empty, and says when and by whom.
CREATE TABLE trust_photo (
	programme_id BIGINT NOT NULL,
	attestation_id BIGINT NOT NULL,
	width BIGINT NOT NULL,
	height BIGINT NOT NULL,
	picture BYTEA NOT NULL,
	removed BIGINT NOT NULL,
	removed_by TEXT NOT NULL,
	PRIMARY KEY (programme_id, attestation_id)
);
