-- Whether the partner's keys learn who a member is, as far as they consent, and
-- how many points there are.
ALTER TABLE partner ADD COLUMN may_see BOOLEAN NOT NULL DEFAULT TRUE;
