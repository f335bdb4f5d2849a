-- What is counted here is no longer signing in alone.
ALTER TABLE sign_in_throttle RENAME TO throttle;
