package link

import (
	"strings"
	"testing"

	"regulars/internal/id"
)

var sheets = Kind{Name: "visit", Path: "/visit/", Opens: id.Visit, Bytes: 15}

// TestSecretsStayAsTheyWereSent: links are in people's mail; what they are made of
// must not change. The values were reckoned with another program (Python's hmac
// and hashlib).
func TestSecretsStayAsTheyWereSent(t *testing.T) {
	secret := sheets.Secret("salt", 4711)
	if want := "te26vnzbkp1m4823g6ag5h73"; secret != want {
		t.Errorf("the secret is %s, want %s", secret, want)
	}
	if got, want := sheets.Hash(secret), "13a2740d4f0fc84c06bf3fe8ad4283eec1fc5b6972b29261f1d2abf29f2e23cd"; got != want {
		t.Errorf("its hash is %s, want %s", got, want)
	}
}

func TestSecretsOpenOneThing(t *testing.T) {
	secret := sheets.Secret("salt", 4711)
	others := []string{sheets.Secret("salt", 4712), sheets.Secret("pepper", 4711), Kind{Name: "survey", Bytes: 15}.Secret("salt", 4711)}
	for _, other := range others {
		if other == secret || sheets.Hash(other) == sheets.Hash(secret) {
			t.Errorf("%s opens it too", other)
		}
	}
	if sheets.Hash(strings.ToUpper(secret)) != sheets.Hash(secret) {
		t.Error("in capitals it opens nothing")
	}
	for _, wrong := range []string{"", "x", secret + "0", secret[1:]} {
		if sheets.Hash(wrong) != "" {
			t.Errorf("%q can be a secret", wrong)
		}
	}
	if got, want := sheets.To("salt", id.ID(4711).In(id.Visit)), "/visit/"+secret; got != want {
		t.Errorf("the path is %s, want %s", got, want)
	}
	if got := sheets.To("salt", id.ID(4711).In(id.Survey)); got != "" {
		t.Errorf("a survey's page is %s", got)
	}
}
