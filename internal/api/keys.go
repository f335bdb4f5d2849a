package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func (s *server) addKeys() {
	read(s, operation{
		id: "list-keys", method: http.MethodGet, path: "/v1/api-keys", tag: tagKeys, needs: needs(auth.KeysRead),
		summary: "List the programme's API keys, the latest first",
	}, func(ctx context.Context, c *call, _ *nothing) (keyList, error) {
		keys, err := s.Auth.Keys(ctx, c.actor, c.programme())
		list := keyList{Items: make([]keyView, len(keys))}
		for i, k := range keys {
			list.Items[i] = keyOf(k)
		}
		return list, err
	})
	write(s, operation{
		id: "create-key", method: http.MethodPost, path: "/v1/api-keys", tag: tagKeys, needs: needs(auth.KeysWrite), created: true,
		summary: "Make an API key",
		text:    "A key can give no scope that it does not have itself. The text of the key is shown in this answer alone and kept nowhere, not even for a repeated request.",
	}, s.createKey, s.showKey)
	write(s, operation{
		id: "revoke-key", method: http.MethodDelete, path: "/v1/api-keys/{key}", tag: tagKeys, needs: needs(auth.KeysWrite),
		summary: "Revoke an API key", text: "At once in this process, in others within five seconds.",
	}, s.revokeKey, s.showKey)
}

// keyView is an API key without its secret.
type keyView struct {
	ID      string     `json:"id" example:"key_01h9x3k7q2v5n"`
	Name    string     `json:"name" example:"web shop"`
	Prefix  string     `json:"prefix" doc:"How the key begins." example:"rg_4k2m9x7d"`
	Scopes  []string   `json:"scopes" nullable:"false"`
	Created time.Time  `json:"created"`
	Expires *time.Time `json:"expires,omitempty" doc:"Missing when it never does."`
	Revoked *time.Time `json:"revoked,omitempty"`
	Used    *time.Time `json:"used,omitempty" doc:"When it was last used, to the minute."`
	Partner string     `json:"partner,omitempty" doc:"The partner to whom the key is bound."`
	Key     string     `json:"key,omitempty" doc:"The key itself, only in the answer to making it."`
}

func keyOf(k auth.Key) keyView {
	v := keyView{
		ID: k.ID.In(id.Key), Name: k.Name, Prefix: "rg_" + k.Prefix, Scopes: make([]string, len(k.Scopes)), Created: k.Created,
		Expires: moment(k.Expires), Revoked: moment(k.Revoked), Used: moment(k.Used),
	}
	if k.PartnerID != 0 {
		v.Partner = k.PartnerID.In(id.Partner)
	}
	for i, scope := range k.Scopes {
		v.Scopes[i] = string(scope)
	}
	return v
}

type keyList struct {
	Items []keyView `json:"items" nullable:"false"`
}

type newKey struct {
	Name    string    `json:"name" maxLength:"200" doc:"What will use it." example:"web shop"`
	Scopes  []string  `json:"scopes" nullable:"false" minItems:"1" maxItems:"100" doc:"What it may do."`
	Expires time.Time `json:"expires,omitzero" doc:"When it ends by itself; never when left out." example:"2027-01-01T00:00:00Z"`
}

func (s *server) createKey(ctx context.Context, c *call, _ *nothing, body *newKey) (string, error) {
	in := auth.NewKey{ProgrammeID: c.programme(), Name: body.Name, Expires: body.Expires}
	for _, scope := range body.Scopes {
		in.Scopes = append(in.Scopes, auth.Scope(scope))
	}
	k, text, err := s.Auth.CreateKey(ctx, c.actor, in)
	if err != nil {
		return "", err
	}
	c.secret = text
	return k.ID.In(id.Key), nil
}

// keyIn names an API key in an address.
type keyIn struct {
	Key keyID `path:"key"`
}

type keyID string

// Schema describes it for the document.
func (keyID) Schema(huma.Registry) *huma.Schema { return shown(id.Key, "The API key, by its id.") }

func (s *server) revokeKey(ctx context.Context, c *call, in *keyIn, _ *nothing) (string, error) {
	k, err := parseID(id.Key, "key", string(in.Key))
	if err != nil {
		return "", err
	}
	return k.In(id.Key), s.Auth.RevokeKey(ctx, c.actor, c.programme(), k)
}

// showKey shows a key, with its text when it was made just now.
func (s *server) showKey(ctx context.Context, c *call, subject string) (keyView, error) {
	keys, err := s.Auth.Keys(ctx, watcher, c.programme())
	if err != nil {
		return keyView{}, err
	}
	for _, k := range keys {
		if k.ID.In(id.Key) == subject {
			v := keyOf(k)
			v.Key = c.secret
			return v, nil
		}
	}
	return keyView{}, fault.Missing("unknown_key", "there is no API key %s in this programme", subject).With("key", subject)
}
