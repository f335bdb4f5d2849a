package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/fault"
)

// addOperation adds what is for whoever runs the server. These take no key.
func (s *server) addOperation() {
	s.plain("health", "/healthz", "Whether the process lives", "Answers as long as it can answer anything; restart it when it does not.", http.HandlerFunc(healthy))
	s.plain("ready", "/readyz", "Whether requests can be served", "Asks the database. Send no requests here while it answers 503.", http.HandlerFunc(s.ready))
	s.plain("metrics", "/metrics", "Figures for Prometheus", "Requests and latencies by route, events by kind and outcome, statements, memory.", s.meters.handler())
}

// plain adds an address that answers in plain text.
func (s *server) plain(name, path, summary, text string, h http.Handler) {
	s.mux.Handle(http.MethodGet+" "+path, h)
	kinds := map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}
	op := &huma.Operation{
		OperationID: name, Method: http.MethodGet, Path: path, Tags: []string{tagOperation}, Summary: summary, Description: text,
		Security:  []map[string][]string{},
		Responses: map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: kinds}},
	}
	if path == "/readyz" {
		op.Responses["503"] = &huma.Response{Ref: "#/components/responses/Busy"}
	}
	s.huma.OpenAPI().AddOperation(op)
}

func healthy(w http.ResponseWriter, _ *http.Request) { say(w, "ok\n") }

// readyWait is how long the database may take to answer.
const readyWait = 2 * time.Second

func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWait)
	defer cancel()
	var one int
	if err := s.DB.Reader().QueryRow(ctx, `SELECT 1`).Scan(&one); err != nil {
		c := w.(*answer).call
		c.write(c.fail(fault.Busy("database_silent", "the database does not answer").Because(err)))
		return
	}
	say(w, "ready\n")
}

func say(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(text)) // whoever does not listen any more needs no answer
}
