-- The ends of every different word of member_word, so that search finds what
-- stands anywhere in it: ivanov is there as ivanov, vanov, anov and so on. It
-- grows with new names, not with new members, and holds no word that nobody has.
CREATE TABLE member_part (
    programme_id BIGINT NOT NULL,
    part         BYTEA NOT NULL,
    word         BYTEA NOT NULL,
    PRIMARY KEY (programme_id, part, word)
) {clustered};

CREATE INDEX member_part_word ON member_part (programme_id, word);
