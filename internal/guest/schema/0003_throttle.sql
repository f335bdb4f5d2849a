-- Tries are counted where those of a sign-in are: in the room auth.
DROP TABLE guest_throttle;
