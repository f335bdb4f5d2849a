package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
)

// remote is a host in a process of its own, as its measurer sees it.
type remote struct {
	greeting
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// start starts a host; args are those of the command that runs it.
func start(program string, args []string, log io.Writer) (*remote, error) {
	r := &remote{process: exec.Command(program, args...)}
	r.process.Stderr = log
	var err error
	if r.in, err = r.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := r.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r.out = bufio.NewReader(out)
	if err := r.process.Start(); err != nil {
		return nil, fmt.Errorf("starting the measured server: %w", err)
	}
	if err := r.read(&r.greeting); err != nil {
		return nil, errors.Join(fmt.Errorf("waiting for the measured server: %w", err), r.stop())
	}
	return r, nil
}

func (r *remote) read(v any) error {
	line, err := r.out.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, v)
}

// order has the host do something and waits until it is done.
func (r *remote) order(c command) (done, error) {
	line, err := json.Marshal(c)
	if err != nil {
		return done{}, err
	}
	if _, err := r.in.Write(append(line, '\n')); err != nil {
		return done{}, fmt.Errorf("asking the measured server: %w", err)
	}
	var d done
	if err := r.read(&d); err != nil {
		return done{}, fmt.Errorf("asking the measured server: %w", err)
	}
	if d.Error != "" {
		return done{}, errors.New(d.Error)
	}
	return d, nil
}

// stop lets the host end in order.
func (r *remote) stop() error {
	if err := r.in.Close(); err != nil {
		return err
	}
	if err := r.process.Wait(); err != nil {
		return fmt.Errorf("stopping the measured server: %w", err)
	}
	return nil
}
