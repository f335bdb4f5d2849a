-- When a simulation was asked for, by the clock of the installation: a demo's
-- stands in the time of its data. Of those that are there only the id tells,
-- which was made by the clock of the machine.
ALTER TABLE api_simulation ADD COLUMN started BIGINT NOT NULL DEFAULT 0;
UPDATE api_simulation SET started = (id / 4194304 + 1704067200000) * 1000;
