-- One row per process number that was ever used. A process that holds a number
-- makes no identifier later than until, so that whoever takes the number next
-- starts after it.
CREATE TABLE process_lease (
    number BIGINT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until  BIGINT NOT NULL
);
