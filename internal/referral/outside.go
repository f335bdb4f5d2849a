package referral

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Outsider is an influencer who is no member: known by what staff wrote alone.
// The id stands wherever that of an influencer does who is one.
type Outsider struct {
	ID, ProgrammeID id.ID
	OutsideSpec
	Made time.Time
	// Forgotten is when name, channel and contact were taken out, or zero.
	Forgotten time.Time
}

// Shown is their id as people read it.
func (o *Outsider) Shown() string { return o.ID.In(id.Influencer) }

// ShowInviter is the id of who invites as people read it: a member, or an
// influencer who is none.
func ShowInviter(inviter id.ID, outside bool) string {
	if outside {
		return inviter.In(id.Influencer)
	}
	return inviter.In(id.Member)
}

// ParseInviter reads the id of a member or of an influencer who is none. Those
// were once shown as members' are, and are still found by that.
func ParseInviter(shown string) (id.ID, error) {
	if inviter, err := id.Parse(id.Influencer, shown); err == nil {
		return inviter, nil
	}
	return id.Parse(id.Member, shown)
}

// OutsideSpec is what staff write of an outsider.
type OutsideSpec struct {
	Name string `json:"name"`
	// Channel is where they speak of the shop, Contact where they are reached.
	Channel string `json:"channel"`
	Contact string `json:"contact"`
}

const maxOutside = 300

func (s *OutsideSpec) check() error {
	s.Name, s.Channel, s.Contact = strings.TrimSpace(s.Name), strings.TrimSpace(s.Channel), strings.TrimSpace(s.Contact)
	return fault.Gather(
		fault.When(s.Name == "" || !line(s.Name, maxName), fault.Invalid("influencer_name", "name the influencer in one line of at most %d letters", maxName).At("/name").With("most", maxName)),
		fault.When(!line(s.Channel, maxOutside), fault.Invalid("influencer_channel", "the channel takes one line of at most %d letters", maxOutside).At("/channel").With("most", maxOutside)),
		fault.When(!line(s.Contact, maxOutside), fault.Invalid("influencer_contact", "the contact takes one line of at most %d letters", maxOutside).At("/contact").With("most", maxOutside)))
}

func line(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}

// person is the outsider as guards and links know people: somebody who has not
// joined, told by their contact.
func (o *Outsider) person() person {
	status := member.Known
	if !o.Forgotten.IsZero() {
		status = member.Erased
	}
	p := person{Member: &member.Member{ID: o.ID, ProgrammeID: o.ProgrammeID, Status: status, GivenName: o.Name}, aliases: []id.ID{o.ID}, outside: true}
	for _, word := range strings.FieldsFunc(o.Contact, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;<>", r) }) {
		for _, kind := range []member.IdentityKind{member.Email, member.Phone} {
			if found, err := member.Normalise(kind, word, ""); err == nil {
				p.contact = append(p.contact, found)
			}
		}
	}
	return p
}

// Register takes in an influencer who is no member, who then gets terms by
// SaveInfluencer. It needs referrals.write.
func (s *Service) Register(ctx context.Context, a auth.Actor, programme id.ID, spec OutsideSpec) (Outsider, error) {
	if err := a.Can(programme, auth.ReferralsWrite); err != nil {
		return Outsider{}, err
	}
	if err := spec.check(); err != nil {
		return Outsider{}, err
	}
	o := Outsider{ProgrammeID: programme, OutsideSpec: spec, Made: db.Time(db.Micros(s.now()))}
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := takeTurn(ctx, tx, programme); err != nil {
			return err
		}
		o.ID = tx.IDs().New()
		if err := tx.Insert(ctx, outsideTable, [][]any{{o.ID, o.ProgrammeID, o.Name, o.Channel, o.Contact, db.Micros(o.Made), int64(0)}}); err != nil {
			return fmt.Errorf("registering an influencer: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "referral.influencer_register", Subject: o.Shown()})
	})
	return o, err
}

// Rewrite changes what is written of an outsider. It needs referrals.write.
func (s *Service) Rewrite(ctx context.Context, a auth.Actor, programme, outsider id.ID, change func(*OutsideSpec)) (Outsider, error) {
	return s.onOutsider(ctx, a, programme, outsider, "referral.influencer_rewrite", func(_ *db.Tx, o *Outsider) error {
		if !o.Forgotten.IsZero() {
			return fault.Refused("influencer_forgotten", "the influencer was forgotten; register them anew")
		}
		change(&o.OutsideSpec)
		return o.check()
	})
}

// Forget takes out all that tells who an outsider is, with the notes of what they
// were paid, ends their terms and lets their code lead nowhere. What was brought
// and paid stays, without a name. It needs referrals.write.
func (s *Service) Forget(ctx context.Context, a auth.Actor, programme, outsider id.ID) (Outsider, error) {
	return s.onOutsider(ctx, a, programme, outsider, "referral.influencer_forget", func(tx *db.Tx, o *Outsider) error {
		o.OutsideSpec = OutsideSpec{}
		if o.Forgotten.IsZero() {
			o.Forgotten = db.Time(db.Micros(s.now()))
		}
		return room{}.Erase(ctx, tx, programme, []id.ID{o.ID})
	})
}

func (s *Service) onOutsider(ctx context.Context, a auth.Actor, programme, outsider id.ID, action string, do func(*db.Tx, *Outsider) error) (Outsider, error) {
	var o Outsider
	if err := a.Can(programme, auth.ReferralsWrite); err != nil {
		return o, err
	}
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := takeTurn(ctx, tx, programme); err != nil {
			return err
		}
		found, err := outsiders(ctx, tx, programme, outsider)
		if err != nil {
			return err
		}
		if found[outsider] == nil {
			return fault.Missing("unknown_influencer", "the programme has no such influencer outside its members")
		}
		o = *found[outsider]
		if err := do(tx, &o); err != nil {
			return err
		}
		if err := tx.Upsert(ctx, outsideTable, [][]any{{o.ID, o.ProgrammeID, o.Name, o.Channel, o.Contact, db.Micros(o.Made), db.Micros(o.Forgotten)}}); err != nil {
			return fmt.Errorf("writing an influencer: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: o.Shown()})
	})
	return o, err
}

// Outsiders returns those of the ids who are influencers outside the members of a
// programme. It needs referrals.read.
func (s *Service) Outsiders(ctx context.Context, a auth.Actor, programme id.ID, ids ...id.ID) (map[id.ID]*Outsider, error) {
	if err := a.Can(programme, auth.ReferralsRead); err != nil || len(ids) == 0 {
		return nil, err
	}
	return outsiders(ctx, s.d.Reader(), programme, ids...)
}

var outsideTable = db.NewTable("influencer", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "name", Kind: db.Text},
	db.Column{Name: "channel", Kind: db.Text}, db.Column{Name: "contact", Kind: db.Text}, db.Column{Name: "made", Kind: db.Int},
	db.Column{Name: "forgotten", Kind: db.Int})

// outsiders reads those of some ids, or of all when none are given.
func outsiders(ctx context.Context, q db.Queryer, programme id.ID, ids ...id.ID) (map[id.ID]*Outsider, error) {
	var args db.Args
	where := `programme_id = ` + args.Add(programme)
	if len(ids) > 0 {
		where += ` AND id IN ` + args.In(ids)
	}
	found := map[id.ID]*Outsider{}
	rows, err := q.Query(ctx, `SELECT id, programme_id, name, channel, contact, made, forgotten FROM influencer WHERE `+where+` ORDER BY id`, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var o Outsider
		var made, forgotten int64
		err := r.Scan(&o.ID, &o.ProgrammeID, &o.Name, &o.Channel, &o.Contact, &made, &forgotten)
		o.Made, o.Forgotten = db.Time(made), db.Time(forgotten)
		found[o.ID] = &o
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading influencers: %w", err)
	}
	return found, nil
}
