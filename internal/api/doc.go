// Package api is the door for other programs: /v1, the OpenAPI document that
// describes it, the page that explains it, health and metrics. It changes
// things through the verbs of the rooms above, reads them, and keeps one table
// of its own, the keys of idempotent requests. It may touch every room above
// it.
//
// huma routes, documents and writes answers. Bodies and parameters are read
// here instead, by the very schemas that the document shows, so that every
// mistake is told with its place, a stable code, and words in the caller's
// language.
package api
