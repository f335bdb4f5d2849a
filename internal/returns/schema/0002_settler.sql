-- Who of the staff, or which key, first had a return booked: what is given for it
-- is given at their wish. Empty before, and for what was booked earlier.
ALTER TABLE return_request ADD COLUMN settler TEXT NOT NULL DEFAULT '';
