-- Where a parcel went, as two letters; empty where nobody said.
ALTER TABLE parcel ADD COLUMN country TEXT NOT NULL DEFAULT '';
