-- Which e-mails were taken, by the hash of their own name, so that none is taken
-- twice and an answer finds its case. case_id is 0 for those that made none.
CREATE TABLE complaint_mail (
	programme_id BIGINT NOT NULL,
	hash TEXT NOT NULL,
	case_id BIGINT NOT NULL,
	outcome TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (programme_id, hash)
) {clustered};
