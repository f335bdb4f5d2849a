package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/partner"
)

func (s *server) addPartnerKeys() {
	read(s, operation{
		id: "list-partner-keys", method: http.MethodGet, path: "/v1/partners/{partner}/keys", tag: tagPartners, needs: needs(auth.PartnersRead, auth.KeysRead),
		summary: "List the keys of a partner, the latest first",
	}, func(ctx context.Context, c *call, in *partnerIn) (keyList, error) {
		n, err := in.id()
		if err != nil {
			return keyList{}, err
		}
		keys, err := s.Partners.Keys(ctx, c.actor, c.programme(), n)
		list := keyList{Items: make([]keyView, len(keys))}
		for i, k := range keys {
			list.Items[i] = keyOf(k)
		}
		return list, err
	})
	write(s, operation{
		id: "create-partner-key", method: http.MethodPost, path: "/v1/partners/{partner}/keys", tag: tagPartners, created: true,
		needs:   needs(auth.PartnersWrite, auth.KeysWrite, auth.EventsWrite, auth.PointsRead, auth.PartnersRead),
		summary: "Make a key for a partner",
		text:    "It is bound to the partner for good. The text of the key is shown in this answer alone. Revoke it as any key.",
	}, func(ctx context.Context, c *call, in *partnerIn, body *newPartnerKey) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		k, text, err := s.Partners.AddKey(ctx, c.actor, c.programme(), n, body.Name, body.Expires)
		c.secret = text
		return k.ID.In(id.Key), err
	}, s.showKey)
	read(s, operation{
		id: "recognise-for-partner", method: http.MethodGet, path: "/v1/partners/{partner}/recognise", tag: tagPartners, partners: true,
		needs:   needs(auth.PartnersRead, auth.PointsRead),
		summary: "Recognise a member at a partner's till",
		text: "By exactly one identity, or by the code that the member's wallet page shows. The partner learns whose account it is, by an id that says nothing, and how many points there are; " +
			"the given name only of members who have consented to the purpose partners. A partner that may not see members learns the id alone.",
	}, s.recogniseForPartner)
}

type newPartnerKey struct {
	Name    string    `json:"name" maxLength:"200" doc:"What will use it." example:"bakery till"`
	Expires time.Time `json:"expires,omitzero" doc:"When it ends by itself; never when left out." example:"2027-01-01T00:00:00Z"`
}

type partnerLookupIn struct {
	Partner  partnerID `path:"partner"`
	Phone    string    `query:"phone" doc:"With the country code, or without it where the programme names its country." example:"+442079460018"`
	Card     string    `query:"card" doc:"The number of the card." example:"2600 1234 5678"`
	Email    string    `query:"email" example:"nina@example.com"`
	External string    `query:"external" doc:"The customer's number in a system of the programme's." example:"17850"`
	Pass     string    `query:"pass" doc:"The number of the wallet pass, or the code that the wallet page shows."`
}

// recognisedView is what a partner may know of a member.
type recognisedView struct {
	Member    string `json:"member" example:"mem_01h9x3k7q2v5n"`
	GivenName string `json:"given_name,omitempty" doc:"Only of members who have consented to it, and where the partner may see it." example:"Nina"`
	Wallet    string `json:"wallet" doc:"The code of the wallet that pays here." example:"points"`
	Available *int64 `json:"available,omitempty" doc:"Points that are usable now; missing where the partner may not see them." example:"230"`
	Usable    bool   `json:"usable" doc:"Whether points can be used in the partner's shops."`
}

func (s *server) recogniseForPartner(ctx context.Context, c *call, in *partnerLookupIn) (recognisedView, error) {
	if err := c.can(auth.PointsRead); err != nil {
		return recognisedView{}, err
	}
	n, err := (&partnerIn{in.Partner}).id()
	if err != nil {
		return recognisedView{}, err
	}
	p, err := s.Partners.Get(ctx, c.actor, c.programme(), n)
	if err != nil {
		return recognisedView{}, err
	}
	m, err := s.recogniseShown(ctx, c, &lookupIn{in.Phone, in.Card, in.Email, in.External, in.Pass})
	if err != nil {
		return recognisedView{}, err
	}
	v := recognisedView{Wallet: c.setting.walletCode(p.WalletID), Usable: p.MayAccept && p.State() == partner.Active}
	if !p.MaySee {
		v.Member = m.In(id.Member)
		return v, nil
	}
	balances, _, err := s.Flow.Standing(ctx, c.programme(), m)
	if err != nil {
		return v, err
	}
	for _, b := range balances {
		if b.WalletID == p.WalletID {
			v.Available = &b.Available
		}
	}
	return v, s.DB.View(ctx, func(q db.Queryer) error { return v.whom(ctx, q, c.programme(), m) })
}

// recogniseShown recognises by an identity or by the changing code of a pass.
func (s *server) recogniseShown(ctx context.Context, c *call, in *lookupIn) (id.ID, error) {
	if !member.IsPass(in.Pass) {
		return s.recognise(ctx, c, in)
	}
	m, err := member.ReadPass([]byte(c.setting.Salt), in.Pass, s.Now())
	return m, param("pass", err)
}

// whom fills in who it is, as far as they have consented.
func (v *recognisedView) whom(ctx context.Context, q db.Queryer, programme, m id.ID) error {
	members, err := member.Read(ctx, q, []id.ID{m})
	if err != nil {
		return err
	}
	who := members[m]
	if who == nil || who.ProgrammeID != programme {
		return nobody()
	}
	aliases, err := member.Aliases(ctx, q, m)
	if err != nil {
		return err
	}
	consents, err := member.Consents(ctx, q, aliases)
	if err != nil {
		return err
	}
	v.Member = who.ID.In(id.Member)
	if member.Allowed(consents, member.Partners, member.Every) {
		v.GivenName = who.GivenName
	}
	return nil
}

func (s *server) addPartnerStatements() {
	read(s, operation{
		id: "list-partner-statements", method: http.MethodGet, path: "/v1/partners/{partner}/statements", tag: tagPartners, needs: needs(auth.PartnersRead), partners: true,
		summary: "List the statements of a partner, drafts too",
	}, func(ctx context.Context, c *call, in *partnerIn) (statementList, error) {
		n, err := in.id()
		if err != nil {
			return statementList{}, err
		}
		found, err := s.Partners.Statements(ctx, c.actor, c.programme(), n)
		list := statementList{Items: make([]settlementView, len(found))}
		for i := range found {
			list.Items[i] = c.settlement(&found[i])
		}
		return list, err
	})
	read(s, operation{
		id: "get-partner-statement", method: http.MethodGet, path: "/v1/partners/{partner}/statements/{month}", tag: tagPartners, needs: needs(auth.PartnersRead), partners: true,
		summary: "Get the statement of a month with its lines", text: "The closed one, which never changes, or the draft as it stands.",
	}, func(ctx context.Context, c *call, in *monthIn) (settlementView, error) {
		found, err := s.statementOf(ctx, c, in)
		v := c.settlement(&found)
		v.Lines = c.settlementLines(&found)
		return v, err
	})
	write(s, operation{
		id: "close-partner-statement", method: http.MethodPost, path: "/v1/partners/{partner}/statements/{month}/close", tag: tagPartners, needs: needs(auth.PartnersSettle),
		summary: "Close the statement of a month that is over",
		text:    "For good: it gets its number and never changes. Closing it again changes nothing. What belongs to the month and is told later is settled with the first month that is open.",
	}, func(ctx context.Context, c *call, in *monthIn, _ *nothing) (string, error) {
		n, m, err := in.read()
		if err != nil {
			return "", err
		}
		_, err = s.Partners.Close(ctx, c.actor, c.programme(), n, m)
		return string(in.Partner) + " " + in.Month, err
	}, s.showStatement)
	s.addPartnerFiles()
}

func (s *server) addPartnerFiles() {
	download(s, operation{
		id: "get-partner-statement-csv", method: http.MethodGet, path: "/v1/partners/{partner}/statements/{month}/statement.csv", tag: tagPartners, needs: needs(auth.PartnersRead), partners: true,
		summary: "Get a statement as a table", text: "CSV with a header: no, side, source, event, sale, shop, occurred, recorded, quantity, rate, amount; then fees, and the total.",
	}, "statement.csv", func(ctx context.Context, c *call, in *monthIn, out io.Writer) error {
		found, err := s.statementOf(ctx, c, in)
		if err != nil {
			return err
		}
		return found.CSV(s.paper(c, &found), out)
	})
	download(s, operation{
		id: "get-partner-statement-pdf", method: http.MethodGet, path: "/v1/partners/{partner}/statements/{month}/statement.pdf", tag: tagPartners, needs: needs(auth.PartnersRead), partners: true,
		summary: "Get a statement for print",
	}, "statement.pdf", func(ctx context.Context, c *call, in *monthIn, out io.Writer) error {
		found, err := s.statementOf(ctx, c, in)
		if err != nil {
			return err
		}
		return found.PDF(s.paper(c, &found), out)
	})
	read(s, operation{
		id: "get-partner-results", method: http.MethodGet, path: "/v1/partners/{partner}/results", tag: tagPartners, needs: needs(auth.PartnersRead), partners: true,
		summary: "What the partnership came to, for both sides", text: "Figures about fewer than ten people are not told.",
	}, s.partnerResults)
}

// monthIn names a statement.
type monthIn struct {
	Partner partnerID `path:"partner"`
	Month   string    `path:"month" doc:"A calendar month of the programme's zone." example:"2026-01"`
}

// which names the file of a statement.
func (in *monthIn) which() string { return string(in.Partner) + "-" + in.Month }

func (in *monthIn) read() (id.ID, partner.Month, error) {
	n, err := (&partnerIn{in.Partner}).id()
	if err != nil {
		return 0, 0, err
	}
	m, err := partner.ParseMonth(in.Month)
	return n, m, param("month", err)
}

func (s *server) statementOf(ctx context.Context, c *call, in *monthIn) (partner.Statement, error) {
	n, m, err := in.read()
	if err != nil {
		return partner.Statement{}, err
	}
	return s.Partners.Statement(ctx, c.actor, c.programme(), n, m)
}

func (s *server) showStatement(ctx context.Context, c *call, subject string) (settlementView, error) {
	in := &monthIn{Partner: partnerID(subject[:len(subject)-len(" 2026-01")]), Month: subject[len(subject)-len("2026-01"):]}
	n, m, err := in.read()
	if err != nil {
		return settlementView{}, err
	}
	found, err := s.Partners.Statement(ctx, watcher, c.programme(), n, m)
	return c.settlement(&found), err
}

// paper is what a statement is written for.
func (s *server) paper(c *call, found *partner.Statement) partner.Paper {
	p := partner.Paper{Print: c.print, Currency: c.setting.Currency, Zone: c.setting.Zone, Programme: c.setting.Name, Shops: map[id.ID]string{}}
	for _, shop := range c.setting.shops {
		p.Shops[shop.ID] = shop.Code
	}
	for _, one := range c.setting.partners {
		if one.ID == found.PartnerID {
			if w, err := c.setting.wallet(one.WalletID.In(id.Wallet)); err == nil {
				p.Decimals = w.Decimals
			}
		}
	}
	return p
}

type partnerResultsIn struct {
	Partner partnerID `path:"partner"`
	From    instant   `query:"from" required:"true"`
	To      instant   `query:"to" required:"true" doc:"The first moment that is not counted any more."`
}

func (s *server) partnerResults(ctx context.Context, c *call, in *partnerResultsIn) (resultsView, error) {
	n, err := (&partnerIn{in.Partner}).id()
	if err != nil {
		return resultsView{}, err
	}
	from, err := in.From.time("from")
	if err != nil {
		return resultsView{}, err
	}
	to, err := in.To.time("to")
	if err != nil {
		return resultsView{}, err
	}
	r, err := s.Partners.Results(ctx, c.actor, c.programme(), n, from, to)
	if f := fault.As(err); f != nil && f.Code == "period_backwards" {
		err = param("to", err)
	}
	return resultsView{r.From, r.To, group(r.Common), group(r.Sales), group(r.Brought), group(r.Gained), r.Issued, r.Redeemed, r.IssuedValue, r.RedeemedValue}, err
}
