CREATE TABLE wallet (
    id           BIGINT NOT NULL PRIMARY KEY,
    programme_id BIGINT NOT NULL,
    code         TEXT NOT NULL,
    name         TEXT NOT NULL,
    decimals     BIGINT NOT NULL,
    unit_num     BIGINT NOT NULL,
    unit_den     BIGINT NOT NULL,
    clawback     TEXT NOT NULL,
    position     BIGINT NOT NULL
);

CREATE UNIQUE INDEX wallet_code ON wallet (programme_id, code);

-- One row per member and wallet: what each bucket counts, always the fold of
-- the entries. next_due is no later than the next moment at which the clock
-- moves points.
CREATE TABLE balance (
    member_id     BIGINT NOT NULL,
    wallet_id     BIGINT NOT NULL,
    earned        BIGINT NOT NULL,
    adjusted_up   BIGINT NOT NULL,
    moved_in      BIGINT NOT NULL,
    debt          BIGINT NOT NULL,
    pending       BIGINT NOT NULL,
    available     BIGINT NOT NULL,
    held          BIGINT NOT NULL,
    spent         BIGINT NOT NULL,
    moved_out     BIGINT NOT NULL,
    adjusted_down BIGINT NOT NULL,
    expired       BIGINT NOT NULL,
    clawed_back   BIGINT NOT NULL,
    next_due      BIGINT NOT NULL,
    PRIMARY KEY (member_id, wallet_id)
) {clustered};

CREATE INDEX balance_due ON balance (next_due) WHERE next_due < 9223372036854775807;

-- next_at is when the clock next moves the lot's points; the largest number
-- when nothing remains, one less when what remains never expires. So the index
-- has the pending lots of an account in the order in which they are released
-- and the available ones in the order in which they are spent, closed lots last.
CREATE TABLE lot (
    event_id     BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    wallet_id    BIGINT NOT NULL,
    origin       BIGINT NOT NULL,
    moved_to     BIGINT NOT NULL,
    amount       BIGINT NOT NULL,
    lapsed       BIGINT NOT NULL,
    remaining    BIGINT NOT NULL,
    held         BIGINT NOT NULL,
    expired      BIGINT NOT NULL,
    exempt       BIGINT NOT NULL,
    clawed       BIGINT NOT NULL,
    earned       BIGINT NOT NULL,
    activates    BIGINT NOT NULL,
    expires      BIGINT NOT NULL,
    released     BOOLEAN NOT NULL,
    next_at      BIGINT NOT NULL,
    shares       TEXT NOT NULL,
    rule_version BIGINT NOT NULL,
    reason       TEXT NOT NULL,
    PRIMARY KEY ({member}event_id, id)
) {clustered};

CREATE INDEX lot_account ON lot (member_id, wallet_id, released, next_at);

-- event_id is 0 for what the clock did. The reason of an earning stands with
-- its lot.
CREATE TABLE entry (
    event_id    BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    member_id   BIGINT NOT NULL,
    wallet_id   BIGINT NOT NULL,
    lot_event   BIGINT NOT NULL,
    lot_id      BIGINT NOT NULL,
    kind        BIGINT NOT NULL,
    from_bucket BIGINT NOT NULL,
    to_bucket   BIGINT NOT NULL,
    amount      BIGINT NOT NULL,
    occurred    BIGINT NOT NULL,
    recorded    BIGINT NOT NULL,
    cause_kind  BIGINT NOT NULL,
    cause_id    BIGINT NOT NULL,
    reason      TEXT NOT NULL,
    PRIMARY KEY ({member}event_id, id)
) {clustered};

CREATE INDEX entry_account ON entry (member_id, wallet_id, id);

-- What has been undone: 6 is the cause "reversal".
CREATE INDEX entry_reversal ON entry (member_id, cause_id) WHERE cause_kind = 6;

CREATE TABLE hold (
    id         BIGINT NOT NULL,
    member_id  BIGINT NOT NULL,
    wallet_id  BIGINT NOT NULL,
    event_id   BIGINT NOT NULL,
    amount     BIGINT NOT NULL,
    remaining  BIGINT NOT NULL,
    placed     BIGINT NOT NULL,
    lapses     BIGINT NOT NULL,
    cause_kind BIGINT NOT NULL,
    cause_id   BIGINT NOT NULL,
    reason     TEXT NOT NULL,
    PRIMARY KEY ({member}id)
);

CREATE INDEX hold_open ON hold (member_id, wallet_id, lapses) WHERE remaining > 0;

CREATE TABLE hold_lot (
    hold_id   BIGINT NOT NULL,
    lot_id    BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    lot_event BIGINT NOT NULL,
    place     BIGINT NOT NULL,
    remaining BIGINT NOT NULL,
    PRIMARY KEY ({member}hold_id, lot_id)
) {clustered};
