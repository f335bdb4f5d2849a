-- Whose a key is: a partner's, or 0 for the programme's own.
ALTER TABLE api_key ADD COLUMN partner_id BIGINT NOT NULL DEFAULT 0;
