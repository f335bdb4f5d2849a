CREATE TABLE call_list (
    programme_id BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    state        TEXT NOT NULL,
    spec         TEXT NOT NULL,
    seed         TEXT NOT NULL,
    made         BIGINT NOT NULL,
    made_by      TEXT NOT NULL,
    changed      BIGINT NOT NULL,
    started      BIGINT NOT NULL,
    started_by   TEXT NOT NULL,
    until        BIGINT NOT NULL,
    ended_by     TEXT NOT NULL,
    seen         BIGINT NOT NULL,
    chosen       BIGINT NOT NULL,
    tally        TEXT NOT NULL,
    PRIMARY KEY (programme_id, id)
);

-- Who was chosen for a list. Whoever waits is phoned from due on; while somebody
-- of the staff has them on the line nobody else gets them.
CREATE TABLE call_chosen (
    member_id    BIGINT NOT NULL,
    list_id      BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    held         BOOLEAN NOT NULL,
    state        TEXT NOT NULL,
    why          TEXT NOT NULL,
    points       BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    due          BIGINT NOT NULL,
    tries        BIGINT NOT NULL,
    taken_by     TEXT NOT NULL,
    taken_until  BIGINT NOT NULL,
    PRIMARY KEY (member_id, list_id)
) {clustered};

CREATE INDEX call_chosen_waiting ON call_chosen (list_id, due) WHERE state = 'waiting';
CREATE INDEX call_chosen_list ON call_chosen (list_id, member_id);

-- Each call, by the number of the try.
CREATE TABLE call_made (
    member_id    BIGINT NOT NULL,
    list_id      BIGINT NOT NULL,
    no           BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    by_whom      TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    note         TEXT NOT NULL,
    PRIMARY KEY (member_id, list_id, no)
) {clustered};

CREATE INDEX call_made_list ON call_made (list_id);
