-- How far the past of a programme has been read. asked counts what made it
-- necessary to look through all of it again, done how much of that has been
-- seen; a programme without a row has never been looked through.
CREATE TABLE partner_reading (
    programme_id BIGINT NOT NULL PRIMARY KEY,
    asked        BIGINT NOT NULL,
    done         BIGINT NOT NULL
);
