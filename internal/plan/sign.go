package plan

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"regulars/internal/fault"
)

// Messages to and from the provider are signed by the Standard Webhooks scheme
// (standardwebhooks.com, specification 1.0): HMAC-SHA256 over id, time and body.
const (
	headerID        = "webhook-id"
	headerTime      = "webhook-timestamp"
	headerSignature = "webhook-signature"

	secretPrefix = "whsec_"
	secretBytes  = 32
	// replayWindow is how far a message's time may be from ours.
	replayWindow = 5 * time.Minute
)

// newSecret draws a secret in the form that the scheme gives it.
func newSecret() string {
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b) // never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(b)
}

func signature(secret, name string, at time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(name + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// sign puts the signature of a message into its header.
func sign(h http.Header, secret, name string, at time.Time, body []byte) error {
	s, err := signature(secret, name, at, body)
	if err != nil {
		return err
	}
	h.Set(headerID, name)
	h.Set(headerTime, strconv.FormatInt(at.Unix(), 10))
	h.Set(headerSignature, s)
	return nil
}

// verify refuses a message that was not signed with the secret, or not lately.
func verify(h http.Header, secret string, now time.Time, body []byte) error {
	seconds, err := strconv.ParseInt(h.Get(headerTime), 10, 64)
	at := time.Unix(seconds, 0)
	if err != nil || secret == "" || h.Get(headerID) == "" {
		return unsigned()
	}
	if apart := now.Sub(at); apart > replayWindow || apart < -replayWindow {
		return fault.Refused("signature_old", "the message was signed too long ago, or the clocks differ; sign it anew")
	}
	want, err := signature(secret, h.Get(headerID), at, body)
	if err != nil {
		return err
	}
	for given := range strings.FieldsSeq(h.Get(headerSignature)) {
		if hmac.Equal([]byte(given), []byte(want)) {
			return nil
		}
	}
	return unsigned()
}

func unsigned() error {
	return fault.Refused("signature_wrong", "the message is not signed with this programme's secret")
}
