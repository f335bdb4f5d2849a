-- What was kept back of refunds because the rest of the sale did not deserve its
-- discount any more: of money and of each tender the sum and the points.
ALTER TABLE sale ADD COLUMN withheld TEXT NOT NULL DEFAULT '';
