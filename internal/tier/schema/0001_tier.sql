CREATE TABLE ladder (
    id           BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    code         TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE UNIQUE INDEX ladder_code ON ladder (programme_id, code);

CREATE TABLE ladder_version (
    ladder_id  BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    published  BOOLEAN NOT NULL DEFAULT FALSE,
    from_at    BIGINT NOT NULL DEFAULT 0,
    definition TEXT NOT NULL,
    PRIMARY KEY (ladder_id, number)
) {clustered};

CREATE TABLE standing (
    member_id  BIGINT NOT NULL,
    ladder_id  BIGINT NOT NULL,
    rank_code  TEXT NOT NULL,
    since      BIGINT NOT NULL,
    metric     BIGINT NOT NULL,
    hand       TEXT NOT NULL DEFAULT '',
    hand_until BIGINT NOT NULL DEFAULT 0,
    falls_at   BIGINT NOT NULL DEFAULT 0,
    reckoned   BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    next_leave BIGINT NOT NULL,
    next_due   BIGINT NOT NULL,
    changes    BIGINT NOT NULL DEFAULT 0,
    closed     BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (member_id, ladder_id)
) {clustered};

CREATE INDEX standing_due ON standing (next_due) WHERE next_due < 9223372036854775807;

CREATE TABLE tier_credit (
    member_id BIGINT NOT NULL,
    ladder_id BIGINT NOT NULL,
    leaves_at BIGINT NOT NULL,
    event_id  BIGINT NOT NULL,
    amount    BIGINT NOT NULL,
    PRIMARY KEY (member_id, ladder_id, leaves_at, event_id)
) {clustered};

CREATE TABLE rank_change (
    member_id BIGINT NOT NULL,
    ladder_id BIGINT NOT NULL,
    no        BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    recorded  BIGINT NOT NULL,
    from_code TEXT NOT NULL,
    to_code   TEXT NOT NULL,
    reason    TEXT NOT NULL,
    event_id  BIGINT NOT NULL DEFAULT 0,
    actor     TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (member_id, ladder_id, no)
) {clustered};
