-- Whether a draw is one of a standing question, of which there is one a day: lists
-- are read without them, or page by page.
ALTER TABLE survey_sample ADD COLUMN standing BOOLEAN NOT NULL DEFAULT FALSE;

UPDATE survey_sample SET standing = TRUE WHERE plan LIKE '%"occasion":%';
