// Package alarm tells the staff by mail of what wants to be looked at: more
// complaints than chance makes, faults or compensations that pile up on one
// person, mentions and feeds, jobs that failed for good. It looks by the clock, keeps what it found and
// whom it told, and tells each once of each. It reads what complaints and
// mentions come to, jobs, and staff and their roles; mail goes by the room outreach.
package alarm
