-- Campaigns were made in the room churn, whose schema says what is in their
-- tables. They have a room of their own, and so have these.
ALTER TABLE churn_recovery RENAME TO recovery;
ALTER TABLE churn_recovered RENAME TO recovery_chosen;
