package api

import (
	"context"
	"net/http"

	"regulars/internal/auth"
	"regulars/internal/promise"
)

const examplePromiseSettings = `{"version": 0, "settings": {"warn_hours": 24, "tell_customer": true, "open_cases": true, "grace_minutes": 15, "late_help": {"en": "Write to us, and we send another."},
  "mapper": {"number": "parcel.code", "events": "parcel.scans", "status": "state", "time": "at", "words": {"OUT": "out_for_delivery", "DONE": "delivered"}}}}`

func (s *server) addPromiseSettings() {
	show := func(ctx context.Context, c *call, a auth.Actor) (promiseSettings, error) {
		set, version, err := s.Promises.Setting(ctx, a, c.programme())
		return promiseSettings{version, promiseSettingsOf(&set)}, err
	}
	read(s, operation{
		id: "get-promise-settings", method: http.MethodGet, path: "/v1/promise-settings", tag: tagPromises, needs: needs(auth.PromisesRead),
		summary: "Get what holds for promises: warnings, grace, help with late parcels, an own carrier's messages",
	}, func(ctx context.Context, c *call, _ *nothing) (promiseSettings, error) { return show(ctx, c, c.actor) })
	write(s, operation{
		id: "set-promise-settings", method: http.MethodPut, path: "/v1/promise-settings", tag: tagPromises, needs: needs(auth.PromisesWrite, auth.ProgrammesWrite),
		summary: "Change what holds for promises", text: "Give the version that you read: if somebody changed the settings since, nothing is changed (409).",
		example: examplePromiseSettings,
	}, func(ctx context.Context, c *call, _ *nothing, body *promiseSettings) (string, error) {
		n := promise.Setting(body.Settings)
		return "", within("/settings", s.Promises.SetSetting(ctx, c.actor, c.programme(), body.Version, n))
	}, func(ctx context.Context, c *call, _ string) (promiseSettings, error) { return show(ctx, c, watcher) })
	openings := func(ctx context.Context, c *call, a auth.Actor) (carrierSecrets, error) {
		v := carrierSecrets{Open: []string{}}
		list, err := s.Promises.Secrets(ctx, a, c.programme())
		for _, one := range list {
			v.Open = append(v.Open, string(one))
		}
		return v, err
	}
	read(s, operation{
		id: "list-carrier-secrets", method: http.MethodGet, path: "/v1/carrier-secrets", tag: tagPromises, needs: needs(auth.PromisesRead),
		summary: "List the carriers whose webhooks are open; their secrets are never shown",
	}, func(ctx context.Context, c *call, _ *nothing) (carrierSecrets, error) {
		return openings(ctx, c, c.actor)
	})
	write(s, operation{
		id: "set-carrier-secret", method: http.MethodPut, path: "/v1/carrier-secrets", tag: tagPromises, needs: needs(auth.PromisesWrite, auth.ProgrammesWrite),
		summary: "Keep the secret with which a carrier signs its messages", text: "An empty one closes the webhook.",
		example: `{"carrier": "generic", "secret": "sixteen-letters-or-more"}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *carrierSecret) (string, error) {
		return "", s.Promises.SetSecret(ctx, c.actor, c.programme(), promise.Carrier(body.Carrier), body.Secret)
	}, func(ctx context.Context, c *call, _ string) (carrierSecrets, error) { return openings(ctx, c, watcher) })
}

// promiseSettings are the settings of promises with their version.
type promiseSettings struct {
	Version  int64               `json:"version" minimum:"0" doc:"0 while they are those that everybody begins with." example:"3"`
	Settings promiseSettingsBody `json:"settings"`
}

// promiseSettingsBody has the fields of the room's setting in their order.
type promiseSettingsBody struct {
	WarnHours    int               `json:"warn_hours" minimum:"0" maximum:"1440" doc:"How long before a promise breaks staff are told." example:"24"`
	TellCustomer bool              `json:"tell_customer" doc:"Tells the customer too, before they ask."`
	OpenCases    bool              `json:"open_cases,omitempty" doc:"Opens a case when a promise to a member is broken, and asks there for the compensation that the table of complaints names. Somebody who may approve it decides."`
	GraceMinutes int               `json:"grace_minutes" minimum:"0" maximum:"525600" doc:"How much later still counts as kept, where a promise says nothing of its own." example:"15"`
	LateHelp     map[string]string `json:"late_help,omitempty" doc:"What to do when a parcel is late, in your words by language."`
	Mapper       promise.Mapper    `json:"mapper,omitzero" doc:"Where in the messages of a carrier of your own everything stands; a path has dots between names, as data.track.0.code."`
}

func promiseSettingsOf(s *promise.Setting) promiseSettingsBody { return promiseSettingsBody(*s) }

type carrierSecret struct {
	Carrier string `json:"carrier" enum:"easypost,aftership,generic"`
	Secret  string `json:"secret" maxLength:"400" doc:"16 to 200 letters." example:"sixteen-letters-or-more"`
}

type carrierSecrets struct {
	Open []string `json:"open" nullable:"false" doc:"The carriers whose webhooks are open." example:"[\"generic\"]"`
}
