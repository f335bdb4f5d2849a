-- Products that the company puts in front. What imports say of a product does
-- not touch the mark.
ALTER TABLE product ADD COLUMN flagship BOOLEAN NOT NULL DEFAULT FALSE;
