-- A form that was sent and done, so that it does nothing when it comes again.
CREATE TABLE guest_form (
    member_id BIGINT NOT NULL,
    name      TEXT NOT NULL,                  -- what it asked for, and the form's own name
    made      BIGINT NOT NULL,
    PRIMARY KEY (member_id, name)
) {clustered};
