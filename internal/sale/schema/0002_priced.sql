-- The programme priced the sale itself; how, stands with its event.
ALTER TABLE sale ADD COLUMN priced BOOLEAN NOT NULL DEFAULT FALSE;
