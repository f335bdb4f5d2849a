-- Whether reviews of known orders may be shown on other sites. Of all or of none:
-- nothing says so of a single review.
CREATE TABLE touch_widget (
	programme_id BIGINT NOT NULL PRIMARY KEY,
	shown BOOLEAN NOT NULL
);
