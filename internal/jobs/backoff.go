package jobs

import "time"

const (
	firstWait = time.Second
	lastWait  = time.Hour
)

// backoff returns how long a job waits after its attempt-th failure: a second,
// doubled with each failure, at most an hour; between half of that and the
// whole, so that what failed together does not come back together. random
// returns a number from 0 to below its argument.
func backoff(attempt int, random func(n int64) int64) time.Duration {
	whole := lastWait
	if attempt <= 12 { // 2^12 seconds are more than an hour
		whole = min(lastWait, firstWait<<max(0, attempt-1))
	}
	half := int64(whole / 2)
	return time.Duration(half + random(half+1))
}

// nextTime returns the next time of a job that is scheduled every so often: the
// next multiple of it since 1970 UTC. Times that were missed are not made up.
func nextTime(now time.Time, every time.Duration) time.Time {
	return time.UnixMicro((now.UnixMicro()/every.Microseconds() + 1) * every.Microseconds())
}
