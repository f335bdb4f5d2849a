package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/journal"
)

// meters count what operators watch.
type meters struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	events   *prometheus.CounterVec
	underway prometheus.Gauge
}

// buckets of latency in seconds, fine where the tills are.
var buckets = []float64{.0005, .001, .002, .003, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

func newMeters(d *db.DB) *meters {
	m := &meters{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regulars_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "regulars_http_request_seconds", Help: "Time from the head of a request to the end of its answer.", Buckets: buckets,
		}, []string{"route", "method"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regulars_events_total", Help: "Events by kind and what became of them: taken, repeated, waiting, refused.",
		}, []string{"kind", "outcome"}),
		underway: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "regulars_http_requests_underway", Help: "Requests being worked on; events among them wait for their commit.",
		}),
	}
	m.registry.MustRegister(m.requests, m.latency, m.events, m.underway, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "regulars_database_statements_total", Help: "Statements sent to the database.",
		}, func() float64 { return float64(d.Statements()) }))
	return m
}

// served counts an answered request.
func (m *meters) served(r *http.Request, status int, took time.Duration) {
	method, route, ok := strings.Cut(r.Pattern, " ")
	if !ok {
		method, route = knownMethod(r.Method), "none"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(route, method).Observe(took.Seconds())
}

// knownMethod keeps callers from making labels of their own.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// took counts events by what became of them.
func (m *meters) took(e *flow.Event, outcome string) {
	kind := string(e.Kind)
	if strings.HasPrefix(kind, customKind) {
		kind = "custom"
	} else if !known(e.Kind) {
		kind = "unknown"
	}
	m.events.WithLabelValues(kind, outcome).Inc()
}

func known(k journal.Kind) bool {
	for _, one := range journal.Kinds() {
		if one == k {
			return true
		}
	}
	return false
}

func (m *meters) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
