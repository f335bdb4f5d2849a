package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"regulars/internal/id"
)

// DefaultAttempts is how often a job is tried when nothing else was said. With
// the waits between them the last try is about an hour after the first.
const DefaultAttempts = 12

// New is a job to be added.
type New struct {
	Kind string
	// Unique, if not empty, names the job among those of its kind. Adding it
	// again while it waits leaves one job; while it runs, it runs once more
	// afterwards; when it is dead, it begins anew. The newest payload counts.
	Unique string
	// Payload is stored as JSON. It holds identifiers, no personal data.
	Payload any
	// RunAt is when the job may run; the zero time is at once.
	RunAt time.Time
	// MaxAttempts is how often it is tried; 0 is DefaultAttempts.
	MaxAttempts int
}

// Job is a job that runs.
type Job struct {
	ID          id.ID
	Kind        string
	Payload     []byte // JSON
	Attempt     int    // 1 for the first
	MaxAttempts int

	every    time.Duration // between the times of a scheduled job
	runner   *Runner
	cancel   func(cause error)
	reported time.Time // when progress was stored last
}

// Read decodes the payload. A payload that does not fit fails for good.
func (j *Job) Read(into any) error {
	if err := json.Unmarshal(j.Payload, into); err != nil {
		return Permanent(fmt.Errorf("reading the payload of job %s: %w", j.Kind, err))
	}
	return nil
}

// permanent marks an error that no repetition mends.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent returns err marked so that the job is not tried again but set aside
// at once. It returns nil for nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

func isPermanent(err error) bool {
	_, ok := errors.AsType[permanent](err)
	return ok
}

// ErrLost is the cause with which a job's context ends when another process has
// taken the job over, because this one did not renew its lease in time.
var ErrLost = errors.New("the job was taken over by another process")
