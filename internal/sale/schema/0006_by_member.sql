-- The sales of a member are found by the timeline, whose index holds them by
-- member and time: sales have the ids and times of their events.
DROP INDEX sale_member;
