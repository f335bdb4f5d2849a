package outreach

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Incidents knows what went wrong for a person whose aliases the members are:
// open cases, broken promises.
type Incidents interface {
	Open(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]Incident, error)
}

// Loyalty knows who comes back anyway, so that a discount would be given away.
type Loyalty interface {
	Loyal(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (bool, error)
}

// Load knows whose purchases were mostly on promotion of late.
type Load interface {
	Overloaded(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (bool, error)
}

// Config is what a service needs.
type Config struct {
	DB      *db.DB
	Now     func() time.Time
	Log     *slog.Logger
	Texts   *i18n.Catalog
	Members *member.Service
	// Channels are the ways that this installation has.
	Channels map[member.Channel]Channel
	// Base is where our pages are for customers, as https://points.example.com;
	// From the address that mail comes from where a programme says none.
	Base, From string
	// Incidents, Loyalty and Load may be nil; then the verdict says that nobody
	// could answer.
	Incidents Incidents
	Loyalty   Loyalty
	Load      Load
	// Paths make the path of a page that holds a secret, when a message is
	// written, so that no job keeps it: by the scheme before the colon of a
	// contact's path, of the programme's salt and what stands after it.
	Paths map[string]func(salt, subject string) string
	// Undelivered, unless nil, is told of a contact that could not be handed
	// over and is not tried again, by its name and in the transaction that says
	// so.
	Undelivered func(ctx context.Context, tx *db.Tx, programme id.ID, name string) error
	// Withheld, unless nil, is told in the same way of a contact that the policy
	// refused.
	Withheld func(ctx context.Context, tx *db.Tx, programme id.ID, name string) error
}

// Service decides about contacts, keeps them and sends them.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// channelOrder is how channels are preferred; each needs an identity of a kind.
var channelOrder = []struct {
	channel member.Channel
	kind    member.IdentityKind
}{{member.ByEmail, member.Email}, {member.BySMS, member.Phone}}

// List returns a page of contacts; who is sent on a mystery visit is shown to those
// alone who may plan visits. It needs contacts.read.
func (s *Service) List(ctx context.Context, a auth.Actor, query Query) ([]*Contact, error) {
	if err := a.Can(query.ProgrammeID, auth.ContactsRead); err != nil {
		return nil, err
	}
	query.kept = keptFrom(a, query.ProgrammeID)
	return query.read(ctx, s.DB.Reader())
}

// Of returns a page of the contacts of a person, by the id of the member or of
// anybody merged into it. It needs contacts.read.
func (s *Service) Of(ctx context.Context, a auth.Actor, m id.ID, query Query) ([]*Contact, error) {
	if err := a.Can(query.ProgrammeID, auth.ContactsRead); err != nil {
		return nil, err
	}
	query.kept = keptFrom(a, query.ProgrammeID)
	var list []*Contact
	err := s.DB.View(ctx, func(q db.Queryer) (err error) {
		if query.Members, err = member.AliasesOf(ctx, q, query.ProgrammeID, m); err != nil {
			return err
		}
		list, err = query.read(ctx, q)
		return err
	})
	return list, err
}

// Get returns a contact. It needs contacts.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, contact id.ID) (*Contact, error) {
	if err := a.Can(programme, auth.ContactsRead); err != nil {
		return nil, err
	}
	list, err := selectContacts(ctx, s.DB.Reader(), `c.programme_id = $1 AND c.id = $2`, programme, contact)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || slices.Contains(keptFrom(a, programme), list[0].Message) {
		return nil, UnknownContact(contact)
	}
	return list[0], nil
}

// langOf is the language in which a person is written to.
func (p *person) langOf() i18n.Lang {
	for _, tag := range slices.Concat([]string{p.Language}, p.programme.Languages) {
		if l, ok := i18n.ParseLang(tag); ok {
			return l
		}
	}
	return i18n.English
}
