-- How we sign in to a mailbox: by its password, or by OAuth with what the server of
-- access tokens is asked by. client_secret and refresh_token are secrets, and stay
-- here as the password does; those of the other way are empty.
ALTER TABLE complaint_mailbox ADD COLUMN login TEXT NOT NULL DEFAULT 'password';
ALTER TABLE complaint_mailbox ADD COLUMN token_url TEXT NOT NULL DEFAULT '';
ALTER TABLE complaint_mailbox ADD COLUMN client_id TEXT NOT NULL DEFAULT '';
ALTER TABLE complaint_mailbox ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE complaint_mailbox ADD COLUMN client_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE complaint_mailbox ADD COLUMN refresh_token TEXT NOT NULL DEFAULT '';
