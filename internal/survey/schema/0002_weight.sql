-- What an answer that was brought in weighs, in millionths; 0 for none.
ALTER TABLE survey_response ADD COLUMN weight BIGINT NOT NULL DEFAULT 0;
