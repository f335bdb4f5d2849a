package jobs

import (
	"context"
	"time"
)

// reportEvery bounds how often progress is stored: each time is a commit.
const reportEvery = 500 * time.Millisecond

// Progress stores how far the job is, for who watches it: done of total, both
// in whatever unit the job counts, and a note. It may be called as often as
// there is progress; what comes too soon after the last is not stored, unless
// the job is at its end. It returns ErrLost if the job is no longer this
// process's to do. A job that no runner runs is watched by nobody.
func (j *Job) Progress(ctx context.Context, done, total int64, note string) error {
	if j.runner == nil {
		return nil
	}
	now := j.runner.now()
	if done < total && now.Sub(j.reported) < reportEvery {
		return nil
	}
	held, err := progress(ctx, j.runner.db, j.runner.holder, j.ID, done, total, note)
	if err != nil {
		return err
	}
	if !held {
		return ErrLost
	}
	j.reported = now
	return nil
}
