package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/trust"
)

// trustHistory is how signals stood over time.
type trustHistory struct {
	Items []trustDay `json:"items" nullable:"false"`
}

// trustDay is how many signals were met on a day.
type trustDay struct {
	Day     string `json:"day" example:"2026-11-22"`
	Met     int64  `json:"met"`
	NotMet  int64  `json:"not_met"`
	Unknown int64  `json:"unknown"`
}

func (s *server) addTrustSignals() {
	read(s, operation{
		id: "get-trust-signals", method: http.MethodGet, path: "/v1/trust-signals", tag: tagTrust, needs: needs(auth.TrustRead),
		summary: "Get the signals of trust, each with its evidence; there is no score of all",
		text: "A measured share is met once its whole interval (Wilson, 95 %) lies at or above the mark, not met once all of it lies below, and unknown in between and under 10. " +
			"Where nothing can be measured somebody stands for it with evidence, until a day of renewal.",
	}, func(ctx context.Context, c *call, _ *nothing) (trustSignals, error) {
		card, err := s.Trust.Scorecard(ctx, c.actor, c.programme())
		if err != nil {
			return trustSignals{}, err
		}
		v := trustSignals{At: card.At, Met: card.Met, NotMet: card.NotMet, Unknown: card.Unknown, Signals: []trustSignal{}}
		for i := range card.Readings {
			v.Signals = append(v.Signals, c.trustSignal(&card.Readings[i]))
		}
		return v, nil
	})
	read(s, operation{
		id: "get-trust-history", method: http.MethodGet, path: "/v1/trust-signals/history", tag: tagTrust, needs: needs(auth.TrustRead),
		summary: "Get how many signals of trust were met, day by day",
		text:    "The days of the last 180 that were written down, the earliest first; it is done once a day.",
	}, func(ctx context.Context, c *call, _ *nothing) (trustHistory, error) {
		v := trustHistory{Items: []trustDay{}}
		list, err := s.Trust.History(ctx, c.actor, c.programme())
		for _, n := range list {
			v.Items = append(v.Items, trustDay(n))
		}
		return v, err
	})
	read(s, operation{
		id: "list-attestations", method: http.MethodGet, path: "/v1/trust-attestations", tag: tagTrust, needs: needs(auth.TrustRead),
		summary: "List what somebody stood for, the latest first",
	}, func(ctx context.Context, c *call, in *attestationsIn) (attestations, error) {
		v := attestations{Items: []attestation{}}
		list, err := s.Trust.Attestations(ctx, c.actor, c.programme(), in.Signal)
		for i := range list {
			v.Items = append(v.Items, attestationOf(&list[i]))
		}
		return v, err
	})
	write(s, operation{
		id: "attest-signal", method: http.MethodPost, path: "/v1/trust-attestations", tag: tagTrust, needs: needs(auth.TrustWrite), created: true, bulk: true,
		summary: "Stand for a signal of trust that cannot be measured, with evidence",
		text: "The latest of a signal counts, until its day of renewal is over; those before are kept. Say holds: false where it is not so. " +
			"A photo is drawn anew, so that place and camera are gone; the whole body takes 8 MB.",
		example: `{"signal": "legal_details", "holds": true, "link": "https://bean.example/imprint", "day": "2026-11-22", "renew": "2027-11-22"}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *newAttestation) (string, error) {
		upload, err := decodedOne(body.Photo)
		if err != nil {
			return "", err
		}
		n, err := s.Trust.Attest(ctx, c.actor, c.programme(), trust.Attestation{
			Signal: body.Signal, Holds: body.Holds, Evidence: body.Evidence, Link: body.Link, Reference: body.Reference, Day: body.Day, Renew: body.Renew,
		}, upload)
		if err != nil {
			return "", err
		}
		return n.ID.In(id.Attestation), nil
	}, s.showAttestation)
	download(s, operation{
		id: "get-attestation-photo", method: http.MethodGet, path: "/v1/trust-attestations/{attestation}/photo", tag: tagTrust, needs: needs(auth.TrustRead),
		summary: "Get the photo that is evidence of an attestation", text: "A JPEG, drawn anew from what was sent.",
	}, "photo.jpg", func(ctx context.Context, c *call, in *attestationIn, out io.Writer) error {
		n, err := parseID(id.Attestation, "attestation", string(in.Attestation))
		if err != nil {
			return err
		}
		b, err := s.Trust.Picture(ctx, c.actor, c.programme(), n)
		return written(out, b, err)
	})
	write(s, operation{
		id: "remove-attestation-photo", method: http.MethodDelete, path: "/v1/trust-attestations/{attestation}/photo", tag: tagTrust, needs: needs(auth.TrustWrite),
		summary: "Take the photo of an attestation away, for good", text: "As when it shows somebody who does not want it. That there was one stays written.",
	}, func(ctx context.Context, c *call, in *attestationIn, _ *nothing) (string, error) {
		n, err := parseID(id.Attestation, "attestation", string(in.Attestation))
		if err != nil {
			return "", err
		}
		return string(in.Attestation), s.Trust.RemovePhoto(ctx, c.actor, c.programme(), n)
	}, s.showAttestation)
}

type attestationIn struct {
	Attestation attestationID `path:"attestation"`
}

type attestationID string

// Schema describes it for the document.
func (attestationID) Schema(huma.Registry) *huma.Schema {
	return shown(id.Attestation, "The attestation.")
}

type attestationsIn struct {
	Signal string `query:"signal" doc:"The code of a signal; all when left out."`
}

type newAttestation struct {
	Signal    string      `json:"signal" maxLength:"40" doc:"The code of a signal that is attested." example:"legal_details"`
	Holds     bool        `json:"holds" doc:"Whether it is so." example:"true"`
	Evidence  string      `json:"evidence,omitempty" maxLength:"2000" doc:"How you know, in words."`
	Link      string      `json:"link,omitempty" maxLength:"2000" example:"https://bean.example/imprint"`
	Reference string      `json:"reference,omitempty" maxLength:"200" doc:"Where a file lies." example:"audits/2026-03.pdf"`
	Photo     base64Photo `json:"photo,omitempty"`
	Day       string      `json:"day" format:"date" doc:"Of which day it speaks." example:"2026-11-22"`
	Renew     string      `json:"renew" format:"date" doc:"The last day on which it counts, at most two years after its day." example:"2027-11-22"`
}

type attestation struct {
	Attestation string    `json:"attestation" example:"att_01h9x3k7q2v5n"`
	Signal      string    `json:"signal" example:"legal_details"`
	Holds       bool      `json:"holds"`
	Evidence    string    `json:"evidence,omitempty"`
	Link        string    `json:"link,omitempty" example:"https://bean.example/imprint"`
	Reference   string    `json:"reference,omitempty" example:"audits/2026-03.pdf"`
	Photo       string    `json:"photo,omitempty" enum:"kept,removed" doc:"Whether there is a photo, or there was one; left out for none." example:"kept"`
	Day         string    `json:"day" example:"2026-11-22"`
	Renew       string    `json:"renew" example:"2027-11-22"`
	Made        time.Time `json:"made"`
	By          string    `json:"by" example:"staff:stf_01h9x3k7q2v5n"`
}

func attestationOf(n *trust.Attestation) attestation {
	photo := ""
	switch {
	case n.Shown():
		photo = "kept"
	case n.Photo != nil:
		photo = "removed"
	}
	return attestation{n.ID.In(id.Attestation), n.Signal, n.Holds, n.Evidence, n.Link, n.Reference, photo, n.Day, n.Renew, n.Made, n.MadeBy}
}

type attestations struct {
	Items []attestation `json:"items" nullable:"false"`
}

type trustSignals struct {
	At      time.Time     `json:"at"`
	Met     int           `json:"met" example:"9"`
	NotMet  int           `json:"not_met" example:"3"`
	Unknown int           `json:"unknown" example:"8"`
	Signals []trustSignal `json:"signals" nullable:"false"`
}

type trustSignal struct {
	Signal      string       `json:"signal" example:"promises_kept"`
	Name        string       `json:"name" doc:"In the language of Accept-Language." example:"Promises are kept"`
	Known       string       `json:"known" enum:"measured,built,attested" doc:"How it is known: counted, so by how the program works, or somebody stands for it."`
	Verdict     string       `json:"verdict" enum:"met,not_met,unknown"`
	Why         string       `json:"why" enum:"sure,below,few,unsure,built,current,late,none,attested,denied,overdue"`
	Count       int64        `json:"count" doc:"Of a share, in the last 90 days." example:"97"`
	Of          int64        `json:"of" example:"100"`
	Low         *float64     `json:"low,omitempty" doc:"From 10 on." example:"0.915"`
	High        *float64     `json:"high,omitempty" example:"0.99"`
	Mark        float64      `json:"mark,omitempty" doc:"The share that must be passed." example:"0.9"`
	CountBefore int64        `json:"count_before" doc:"The same of the 90 days before." example:"95"`
	OfBefore    int64        `json:"of_before" example:"100"`
	Trend       string       `json:"trend,omitempty" enum:"rising,falling" doc:"Only where it is sure (Newcombe, 95 %)."`
	At          time.Time    `json:"at" doc:"When it was measured, or somebody stood for it."`
	Next        string       `json:"next" doc:"What to do about it."`
	Attestation *attestation `json:"attestation,omitempty"`
}

func (c *call) trustSignal(r *trust.Reading) trustSignal {
	v := trustSignal{
		Signal: r.Code, Name: c.print.Say(r.Text()), Known: string(r.Known), Verdict: string(r.Verdict), Why: r.Why, Count: r.Share.K, Of: r.Share.N,
		Mark: float64(r.Target) / 1000, CountBefore: r.Before.K, OfBefore: r.Before.N, Trend: string(r.Trend), At: r.At, Next: c.print.Say(r.Next()),
	}
	if r.Target > 0 && !r.Share.Few() {
		i := r.Share.Interval()
		v.Low, v.High = &i.Low, &i.High
	}
	if r.Attestation != nil {
		a := attestationOf(r.Attestation)
		v.Attestation = &a
	}
	return v
}

func (s *server) showAttestation(ctx context.Context, c *call, subject string) (attestation, error) {
	list, err := s.Trust.Attestations(ctx, watcher, c.programme(), "")
	for i := range list {
		if v := attestationOf(&list[i]); v.Attestation == subject {
			return v, nil
		}
	}
	if err == nil {
		err = fault.Missing("unknown_attestation", "the programme has no such attestation")
	}
	return attestation{}, err
}
