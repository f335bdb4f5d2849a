-- What was answered within a period is read by it, not by walking the table.
CREATE INDEX survey_response_period ON survey_response (programme_id, occurred);
