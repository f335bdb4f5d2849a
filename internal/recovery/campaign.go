package recovery

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/campaign"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/tier"
)

// State is where a campaign stands.
type State = campaign.State

// The states.
const (
	Draft   = campaign.Draft
	Running = campaign.Running
	Ended   = campaign.Ended
)

// Aim is a kind of silence that a campaign is for.
type Aim string

// The aims.
const (
	AimSlipping Aim = "slipping"
	AimSilent   Aim = "silent"
	AimUnusual  Aim = "unusual"
)

// Aims returns them.
func Aims() []Aim { return []Aim{AimSilent, AimSlipping, AimUnusual} }

// Text names the aim in words.
func (a Aim) Text() i18n.Text { return i18n.Text{Key: "churn.state." + string(a)} }

// GiftKind is what is given to whoever is asked back.
type GiftKind string

// The gifts.
const (
	NoGift     GiftKind = "none"
	GiftPoints GiftKind = "points"
	GiftCode   GiftKind = "code"
)

// GiftKinds returns them.
func GiftKinds() []GiftKind { return []GiftKind{NoGift, GiftPoints, GiftCode} }

// Text names the gift in words.
func (k GiftKind) Text() i18n.Text { return i18n.Text{Key: "churn.gift." + string(k)} }

// Gift is what is given to whoever is asked back.
type Gift struct {
	Kind GiftKind `json:"kind"`
	// Points are the smallest units given in a wallet, which end after so many
	// months; 0 for never.
	WalletID id.ID `json:"wallet,omitempty"`
	Points   int64 `json:"points,omitempty"`
	Months   int   `json:"months,omitempty"`
	// BatchID is of personal codes.
	BatchID id.ID `json:"batch,omitempty"`
}

// Bounds of a campaign.
const (
	DefaultHeld   = 5_000
	LeastHeld     = 1_000
	MostHeld      = 9_000
	DefaultWindow = 60
	leastWindow   = 7
	mostWindow    = 365
	mostName      = 120
	mostSubject   = 200
	mostBody      = 5_000
	mostMonths    = 120
	// mostDays is how far off the end may be.
	mostDays = 730
)

// Spec is what a shop says of a campaign.
type Spec struct {
	Name string `json:"name"`
	// Whom are the silences that are meant, Ranks those of the first ladder, all if
	// there are none, and Least is the least bought in their year, in minor units.
	Whom  []Aim    `json:"whom"`
	Ranks []string `json:"ranks,omitempty"`
	Least int64    `json:"least,omitempty"`
	// Words are what they are told, by language.
	Words map[i18n.Lang]flow.Words `json:"words"`
	Gift  Gift                     `json:"gift"`
	// Held is how many of 10,000 are held back at random.
	Held int `json:"held"`
	// Window is within how many days coming back counts.
	Window int `json:"window"`
	// Ends is the last day on which anybody is written to, as 2026-12-31.
	Ends string `json:"ends"`
}

// Campaign is a campaign.
type Campaign = campaign.Campaign[Spec, Left]

// Left is why somebody who is silent is left out of a campaign.
type Left string

// The reasons, in the order in which they are asked; each counts by the first.
const (
	// LeftControl is who belongs to the programme's own control group.
	LeftControl Left = "control"
	// LeftWronged is who has an open complaint.
	LeftWronged Left = "wronged"
	// LeftBack is who has bought since: there is nobody to be won back.
	LeftBack Left = "back"
	// LeftOther is whose window of a campaign is not over.
	LeftOther Left = "other"
	// LeftUnjoined is who has not joined and cannot be given points.
	LeftUnjoined Left = "unjoined"
)

// Lefts returns the reasons.
func Lefts() []Left { return []Left{LeftControl, LeftWronged, LeftBack, LeftOther, LeftUnjoined} }

// Text names the reason in words.
func (l Left) Text() i18n.Text { return i18n.Text{Key: "churn.left." + string(l)} }

// Tally is how many a campaign is for: looked at are those as silent as is meant.
type Tally = campaign.Tally[Left]

// heldBack reports whether the draw holds a person back.
func heldBack(r *Campaign, who id.ID) bool { return r.Holds("recovery", r.Spec.Held, who) }

// tidy makes a spec as it is kept.
func (s *Spec) tidy() {
	s.Name = strings.Join(strings.Fields(i18n.Tidy(s.Name)), " ")
	words := map[i18n.Lang]flow.Words{}
	for l, w := range s.Words {
		w.Subject, w.Body = strings.TrimSpace(w.Subject), strings.TrimSpace(strings.ReplaceAll(w.Body, "\r\n", "\n"))
		if w != (flow.Words{}) {
			words[l] = w
		}
	}
	s.Words = words
	if s.Gift.Kind == "" {
		s.Gift.Kind = NoGift
	}
	slices.Sort(s.Ranks)
	s.Ranks = slices.Compact(s.Ranks)
}

// check returns what is wrong with a spec by itself.
func (s *Spec) check() error {
	if s.Name == "" || utf8.RuneCountInString(s.Name) > mostName {
		return fault.Invalid("recovery_name", "a name takes 1 to %d letters", mostName).At("/name").With("most", mostName)
	}
	if len(s.Whom) == 0 || slices.ContainsFunc(s.Whom, func(a Aim) bool { return !slices.Contains(Aims(), a) }) {
		return fault.Invalid("recovery_whom", "say who is meant: slipping, silent or unusual").At("/whom")
	}
	if s.Least < 0 || s.Least > money.MaxMinor {
		return fault.Invalid("recovery_least", "the least they bought is an amount of 0 or more").At("/least")
	}
	if s.Held < LeastHeld || s.Held > MostHeld {
		return fault.Invalid("recovery_held", "from %d to %d per cent are held back", LeastHeld/100, MostHeld/100).At("/held").With("least", LeastHeld/100).With("most", MostHeld/100)
	}
	if s.Window < leastWindow || s.Window > mostWindow {
		return fault.Invalid("recovery_window", "coming back counts within %d to %d days", leastWindow, mostWindow).At("/window").With("least", leastWindow).With("most", mostWindow)
	}
	return s.checkWords()
}

func (s *Spec) checkWords() error {
	for l, w := range s.Words {
		at := "/words/" + string(l)
		if got, ok := i18n.ParseLang(string(l)); !ok || got != l {
			return fault.Invalid("recovery_language", "the languages are en, ru and pl").At(at)
		}
		if w.Subject == "" || utf8.RuneCountInString(w.Subject) > mostSubject || strings.ContainsFunc(w.Subject, unicode.IsControl) {
			return fault.Invalid("recovery_subject", "a subject takes one line of 1 to %d letters", mostSubject).At(at+"/subject").With("most", mostSubject)
		}
		if w.Body == "" || utf8.RuneCountInString(w.Body) > mostBody || !utf8.ValidString(w.Body) {
			return fault.Invalid("recovery_body", "a message takes 1 to %d letters", mostBody).At(at+"/body").With("most", mostBody)
		}
	}
	return nil
}

// checkHouse returns what is wrong with a spec in a programme: words that are
// missing, ranks and gifts that there are not.
func (s *Spec) checkHouse(ctx context.Context, q db.Queryer, p *program.Programme, now time.Time) error {
	if first := i18n.Lang(p.Languages[0]); s.Words[first] == (flow.Words{}) {
		return fault.Invalid("recovery_words", "write the message in the programme's first language").At("/words/" + string(first) + "/subject")
	}
	last, err := time.ParseInLocation(time.DateOnly, s.Ends, p.Zone)
	if err != nil || last.After(now.AddDate(0, 0, mostDays)) {
		return fault.Invalid("recovery_ends", "give the last day, at most %d days ahead", mostDays).At("/ends").With("most", mostDays)
	}
	ranks, _, err := firstRanks(ctx, q, p.ID, now)
	if err != nil {
		return err
	}
	for _, code := range s.Ranks {
		if !slices.ContainsFunc(ranks, func(r tier.Rank) bool { return r.Code == code }) {
			return fault.Invalid("recovery_rank", "the programme has no rank %q", code).At("/ranks").With("rank", code)
		}
	}
	return s.Gift.check(ctx, q, p.ID)
}

// firstRanks returns the ranks of the first ladder as of now, the lowest first.
func firstRanks(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) ([]tier.Rank, id.ID, error) {
	all, err := tier.LoadLadders(ctx, q, programme)
	if err != nil || len(all) == 0 {
		return nil, 0, err
	}
	if v := all[0].At(now); v != nil {
		return v.Ranks, all[0].ID, nil
	}
	return nil, all[0].ID, nil
}

// check refuses what the house does not have, and clears what does not belong to
// the kind.
func (g *Gift) check(ctx context.Context, q db.Queryer, programme id.ID) error {
	switch g.Kind {
	case NoGift:
		*g = Gift{Kind: NoGift}
	case GiftPoints:
		g.BatchID = 0
		if _, err := ledger.LoadWallet(ctx, q, programme, g.WalletID); err != nil {
			if fault.As(err) == nil {
				return err
			}
			return fault.Invalid("recovery_wallet", "the programme has no such points").At("/gift/wallet")
		}
		if g.Points < 1 || g.Points > money.MaxMinor {
			return fault.Invalid("recovery_points", "say how many points are given").At("/gift/points")
		}
		if g.Months < 0 || g.Months > mostMonths {
			return fault.Invalid("recovery_months", "points hold for 0 to %d months", mostMonths).At("/gift/months").With("most", mostMonths)
		}
	case GiftCode:
		*g = Gift{Kind: GiftCode, BatchID: g.BatchID}
		list, err := promo.PersonalBatches(ctx, q, programme)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(b promo.PersonalBatch) bool { return b.ID == g.BatchID }) {
			return fault.Invalid("recovery_batch", "these are no personal codes that are in use").At("/gift/batch")
		}
	default:
		return fault.Invalid("recovery_gift", "the gift is none, points or code").At("/gift/kind")
	}
	return nil
}
