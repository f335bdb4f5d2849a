package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"regulars/internal/fault"
)

// A data folder belongs to one process. A writing command beside a running
// server therefore asks it, by a socket in the folder that only the folder's
// owner can open, to run the command and say what it says.

const socketName = "regulars.sock"

// asked is what a command sends to the server.
type asked struct {
	Args []string `json:"args"`
}

// said is one piece of what the server answers with.
type said struct {
	Out  string `json:"out,omitempty"`
	Err  string `json:"err,omitempty"`
	Done bool   `json:"done,omitempty"`
	Code int    `json:"code,omitempty"`
}

type insideKey struct{}

// inside returns the house of the server that runs a command for somebody.
func inside(ctx context.Context) *house {
	h, _ := ctx.Value(insideKey{}).(*house)
	return h
}

// answer runs commands that others ask for, until ctx ends. A PostgreSQL
// installation needs none: there every command opens the database itself.
func (h *house) answer(ctx context.Context, p place) error {
	if p.DB != "" {
		return nil
	}
	path := filepath.Join(p.Dir, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing the socket of a server that is gone: %w", err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("opening the local socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(fmt.Errorf("keeping the local socket to its owner: %w", err), listener.Close())
	}
	server := &http.Server{ReadHeaderTimeout: readHeaderTimeout, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.runFor(w, r)
	})}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	return ignoreClosed(server.Serve(listener))
}

func (h *house) runFor(w http.ResponseWriter, r *http.Request) {
	var a asked
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var mu sync.Mutex
	lines := json.NewEncoder(w)
	send := func(s said) {
		mu.Lock()
		defer mu.Unlock()
		_ = lines.Encode(s) // who asked may be gone
		_ = http.NewResponseController(w).Flush()
	}
	code := run(context.WithValue(r.Context(), insideKey{}, h), a.Args,
		writer(func(b string) { send(said{Out: b}) }), writer(func(b string) { send(said{Err: b}) }))
	send(said{Done: true, Code: code})
}

type writer func(string)

// Write passes the bytes on as they come.
func (w writer) Write(b []byte) (int, error) {
	w(string(b))
	return len(b), nil
}

// delegate lets the server that holds the folder run this command; taken is
// the failure that told of it.
func (p place) delegate(ctx context.Context, s streams, taken error, args []string) error {
	path := filepath.Join(p.Dir, socketName)
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	body, out := io.Pipe()
	go func() { out.CloseWithError(json.NewEncoder(out).Encode(asked{args})) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://regulars/", body)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return taken // whoever holds the folder does not serve
	}
	defer response.Body.Close()
	for lines := json.NewDecoder(response.Body); ; {
		var piece said
		if err := lines.Decode(&piece); err != nil {
			return fault.Busy("server_gone", "the server stopped while it ran the command; run it again").Because(err)
		}
		fmt.Fprint(s.out, piece.Out)
		fmt.Fprint(s.err, piece.Err)
		if piece.Done && piece.Code != exitOK {
			return quit(piece.Code)
		}
		if piece.Done {
			return nil
		}
	}
}

// inUse reports whether the failure says that another process has the folder.
func inUse(err error) bool {
	f := fault.As(err)
	return f != nil && f.Code == "data_folder_in_use"
}
