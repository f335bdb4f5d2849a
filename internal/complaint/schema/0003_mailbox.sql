-- The mailbox from which a programme's complaints are fetched. secret is its
-- password: it stays here, and out of exports, pages, answers and the audit. What
-- has a uid up to last was dealt with; below newer only what was received since
-- started counts, as it lay there before or was numbered anew.
CREATE TABLE complaint_mailbox (
	programme_id BIGINT NOT NULL PRIMARY KEY,
	host TEXT NOT NULL,
	port BIGINT NOT NULL,
	security TEXT NOT NULL,
	account TEXT NOT NULL,
	secret TEXT NOT NULL,
	folder TEXT NOT NULL,
	move_to TEXT NOT NULL,
	active BOOLEAN NOT NULL,
	changed BIGINT NOT NULL,
	started BIGINT NOT NULL,
	validity BIGINT NOT NULL,
	last BIGINT NOT NULL,
	newer BIGINT NOT NULL,
	looked BIGINT NOT NULL,
	next BIGINT NOT NULL,
	failure TEXT NOT NULL,
	detail TEXT NOT NULL,
	since BIGINT NOT NULL,
	failures BIGINT NOT NULL
);
CREATE INDEX complaint_mailbox_next ON complaint_mailbox (next);
-- E-mails that lie in the mailbox and were not taken, or were taken and could not
-- be marked as read. Nothing of what they say is kept. again is when they are
-- tried again.
CREATE TABLE complaint_mail_left (
	programme_id BIGINT NOT NULL,
	uid BIGINT NOT NULL,
	taken BOOLEAN NOT NULL,
	received BIGINT NOT NULL,
	size BIGINT NOT NULL,
	why TEXT NOT NULL,
	first BIGINT NOT NULL,
	again BIGINT NOT NULL,
	PRIMARY KEY (programme_id, uid)
) {clustered};
