// Package jobs keeps work that is to be done after a commit: added in the
// transaction that causes it, done by whichever process is free, tried again
// when it fails and set aside when it keeps failing. It is the clock too: a
// scheduled job runs once, however many processes there are. A job is done at
// least once, so what does it must bear a repetition. It imports only db, id
// and fault.
package jobs
