-- A member is an account: a person, or a guest of one sale. A loser of a merge
-- points to the survivor at the root, never to another loser. Tags (JSON array)
-- and attributes (JSON object) are empty when there are none.
CREATE TABLE member (
    id           BIGINT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    status       TEXT NOT NULL,
    given_name   TEXT NOT NULL DEFAULT '',
    family_name  TEXT NOT NULL DEFAULT '',
    language     TEXT NOT NULL DEFAULT '',
    zone         TEXT NOT NULL DEFAULT '',
    birth_day    BIGINT NOT NULL DEFAULT 0,
    birth_month  BIGINT NOT NULL DEFAULT 0,
    birth_year   BIGINT NOT NULL DEFAULT 0,
    bucket       BIGINT NOT NULL DEFAULT 0,
    created      BIGINT NOT NULL,
    enrolled     BIGINT NOT NULL DEFAULT 0,
    merged_into  BIGINT NOT NULL DEFAULT 0,
    tags         TEXT NOT NULL DEFAULT '',
    attributes   TEXT NOT NULL DEFAULT '',
    version      BIGINT NOT NULL
);

CREATE INDEX member_status ON member (programme_id, status, id) WHERE merged_into = 0;

CREATE INDEX member_merged ON member (merged_into) WHERE merged_into <> 0;

CREATE INDEX member_birth ON member (programme_id, birth_month, birth_day, id) WHERE birth_month > 0;

-- member_id is who has the identity now, origin_id whose it was before any
-- merge. tail holds the last digits of a phone.
CREATE TABLE member_identity (
    programme_id BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    value        TEXT NOT NULL,
    member_id    BIGINT NOT NULL,
    origin_id    BIGINT NOT NULL,
    tail         TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (programme_id, kind, value)
) {clustered};

CREATE INDEX member_identity_member ON member_identity (member_id);

CREATE INDEX member_identity_tail ON member_identity (programme_id, tail, member_id) WHERE tail <> '';

-- The words of names for search by their beginnings, folded. A survivor has
-- those of its losers too; losers and the erased have none. Bytes, so that both
-- databases compare them alike whatever their collation.
CREATE TABLE member_word (
    programme_id BIGINT NOT NULL,
    word         BYTEA NOT NULL,
    member_id    BIGINT NOT NULL,
    PRIMARY KEY (programme_id, word, member_id)
) {clustered};

CREATE INDEX member_word_member ON member_word (member_id);

-- The members of a tag, without losers and the erased; the member's own row is
-- what counts.
CREATE TABLE member_tag (
    programme_id BIGINT NOT NULL,
    tag          TEXT NOT NULL,
    member_id    BIGINT NOT NULL,
    PRIMARY KEY (programme_id, tag, member_id)
) {clustered};

CREATE INDEX member_tag_member ON member_tag (member_id);

-- Statements of consent are added, never changed; the latest counts.
CREATE TABLE member_consent (
    id           BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    purpose      TEXT NOT NULL,
    channel      TEXT NOT NULL,
    given        BOOLEAN NOT NULL,
    at           BIGINT NOT NULL,
    source       TEXT NOT NULL,
    text_version TEXT NOT NULL,
    ip           TEXT NOT NULL,
    recorded_by  TEXT NOT NULL,
    PRIMARY KEY ({member}id)
);

CREATE INDEX member_consent_member ON member_consent (member_id, id);

-- filled names the fields that the survivor took over, so that undoing can
-- empty them again.
CREATE TABLE member_merge (
    id           BIGINT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    survivor_id  BIGINT NOT NULL,
    loser_id     BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    done_by      TEXT NOT NULL,
    filled       TEXT NOT NULL,
    undone       BIGINT NOT NULL DEFAULT 0,
    undone_by    TEXT NOT NULL DEFAULT ''
);

CREATE INDEX member_merge_loser ON member_merge (loser_id);

CREATE INDEX member_merge_survivor ON member_merge (survivor_id);
