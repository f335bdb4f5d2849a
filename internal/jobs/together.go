package jobs

import (
	"cmp"
	"fmt"
	"slices"
)

// together bounds the payloads of jobs that are done as one, in bytes.
const together = 32 << 10

// Join makes one payload of those of several jobs, which come in the order in
// which they were added.
type Join func(payloads [][]byte) ([]byte, error)

// Together has jobs of a kind that wait side by side done as one, so that a burst
// of them costs what one costs. The handler sees the joined payload under the id of
// the first, and its end is that of all. One that has failed before is done alone,
// so that it fails for itself.
func (r *Runner) Together(kind string, join Join) { r.joins[kind] = join }

// task is a job, or several that are done as one.
type task []*Job

// tasks holds the jobs, and lays those together that can be done as one.
func (r *Runner) tasks(jobs []*Job) []task {
	slices.SortFunc(jobs, func(a, b *Job) int { return cmp.Compare(a.ID, b.ID) })
	var list []task
	open, size := map[string]int{}, map[string]int{} // by kind: where more may be added, and how large that is
	for _, j := range jobs {
		if !r.hold(j) {
			continue
		}
		at, begun := open[j.Kind]
		alone := r.joins[j.Kind] == nil || j.Attempt > 1
		if begun && !alone && size[j.Kind]+len(j.Payload) <= together {
			list[at] = append(list[at], j)
			size[j.Kind] += len(j.Payload)
			continue
		}
		if !alone {
			open[j.Kind], size[j.Kind] = len(list), len(j.Payload)
		}
		list = append(list, task{j})
	}
	return list
}

// joined returns what the handler is given.
func (r *Runner) joined(t task) (*Job, error) {
	if len(t) == 1 {
		return t[0], nil
	}
	payloads := make([][]byte, len(t))
	for i, j := range t {
		payloads[i] = j.Payload
	}
	one := *t[0]
	var err error
	if one.Payload, err = r.joins[one.Kind](payloads); err != nil {
		return nil, fmt.Errorf("joining jobs of the kind %s: %w", one.Kind, err)
	}
	return &one, nil
}
