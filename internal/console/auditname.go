package console

import (
	"strings"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/member"
)

// nameSubjects finds the names that people know for what was changed, as far as
// the person may see them; what is gone keeps its identifier.
func (c *Console) nameSubjects(p *auditPage) error {
	p.subjects = map[string]string{}
	byKind := map[id.Prefix][]string{}
	for _, r := range p.rows {
		for _, shown := range mentioned(r) {
			prefix, _, _ := strings.Cut(shown, "_")
			byKind[id.Prefix(prefix)] = append(byKind[id.Prefix(prefix)], shown)
		}
	}
	for prefix, find := range map[id.Prefix]func(*auditPage, []string) error{
		id.Rule: c.nameRules, id.Ladder: c.nameLadders, id.Member: c.nameMembers, id.Staff: c.nameActors(auth.KindStaff),
		id.Key: c.nameActors(auth.KindKey), id.Import: c.nameImports, id.Wallet: c.nameWallets, id.Shop: c.nameShops,
		id.Offer: c.nameOffers, id.Batch: c.nameBatches, id.GiftCard: c.nameGiftCards,
		id.Device: c.nameTills,
	} {
		if list := byKind[prefix]; len(list) > 0 {
			if err := find(p, list); err != nil {
				return err
			}
		}
	}
	p.subjects[p.programme.ID.In(id.Programme)] = p.programme.Name
	return nil
}

func (c *Console) nameRules(p *auditPage, _ []string) error {
	if !p.can(auth.RulesRead) {
		return nil
	}
	rules, err := c.Rules.List(p.ctx(), p.actor, p.programme.ID)
	for _, r := range rules {
		p.subjects[r.ID.In(id.Rule)] = r.Name
	}
	return err
}

func (c *Console) nameLadders(p *auditPage, _ []string) error {
	if !p.can(auth.RanksRead) {
		return nil
	}
	plans, err := c.Ladders.List(p.ctx(), p.actor, p.programme.ID)
	for _, plan := range plans {
		p.subjects[plan.ID.In(id.Ladder)] = (&ladderPage{plan: plan}).name()
		for _, version := range plan.Versions {
			for _, r := range version.Ranks {
				p.subjects[r.Code] = r.Name
			}
		}
	}
	return err
}

func (c *Console) nameMembers(p *auditPage, list []string) error {
	if !p.can(auth.MembersRead) {
		return nil
	}
	var ids []id.ID
	for _, shown := range list {
		if one, err := id.Parse(id.Member, shown); err == nil {
			ids = append(ids, one)
		}
	}
	found, err := member.Read(p.ctx(), c.DB.Reader(), ids)
	if err != nil {
		return err
	}
	identities, err := member.Identities(p.ctx(), c.DB.Reader(), ids)
	for one, m := range found {
		p.subjects[one.In(id.Member)] = shownName(p.visit, m, identities[m.ID])
	}
	return err
}

func (c *Console) nameActors(kind auth.ActorKind) func(*auditPage, []string) error {
	return func(p *auditPage, list []string) error {
		prefix := string(kind) + ":"
		var texts []string
		for _, subject := range list {
			texts = append(texts, prefix+subject)
		}
		names, err := auth.Names(p.ctx(), c.DB.Reader(), texts)
		for text, name := range names {
			p.subjects[strings.TrimPrefix(text, prefix)] = name
		}
		return err
	}
}

func (c *Console) nameImports(p *auditPage, _ []string) error {
	cases, err := c.Imports.List(auth.System("console"), p.programme.ID) // whoever reads the trail may know what a file is called
	for _, f := range cases {
		p.subjects[f.ID.In(id.Import)] = f.Name
	}
	return err
}

func (c *Console) nameWallets(p *auditPage, _ []string) error {
	if !p.can(auth.ProgrammesRead) {
		return nil
	}
	wallets, err := c.Ledger.Wallets(p.ctx(), p.actor, p.programme.ID)
	for _, w := range wallets {
		p.subjects[w.ID.In(id.Wallet)] = w.Name
	}
	return err
}

func (c *Console) nameShops(p *auditPage, _ []string) error {
	if !p.can(auth.ProgrammesRead) {
		return nil
	}
	shops, err := c.Programmes.Shops(p.ctx(), p.actor, p.programme.ID)
	for _, s := range shops {
		p.subjects[s.ID.In(id.Shop)] = s.Name
	}
	return err
}

func (c *Console) nameOffers(p *auditPage, _ []string) error {
	if !p.can(auth.RulesRead) {
		return nil
	}
	names, err := c.offerNames(p.visit)
	for offer, name := range names {
		p.subjects[offer.In(id.Offer)] = name
	}
	return err
}

func (c *Console) nameBatches(p *auditPage, list []string) error {
	if !p.can(auth.CodesRead) {
		return nil
	}
	for _, shown := range list {
		batch, err := id.Parse(id.Batch, shown)
		if err != nil || p.subjects[shown] != "" {
			continue
		}
		found, err := c.Promo.Batch(p.ctx(), p.actor, p.programme.ID, batch)
		if fault.As(err) != nil {
			continue
		}
		if err != nil {
			return err
		}
		p.subjects[shown] = found.Name
	}
	return nil
}

func (c *Console) nameGiftCards(p *auditPage, list []string) error {
	if !p.can(auth.GiftCardsRead) {
		return nil
	}
	query := giftcard.Query{ProgrammeID: p.programme.ID, Limit: len(list)}
	for _, shown := range list {
		if one, err := id.Parse(id.GiftCard, shown); err == nil {
			query.IDs = append(query.IDs, one)
		}
	}
	cards, err := c.GiftCards.List(p.ctx(), p.actor, query)
	for _, card := range cards {
		p.subjects[card.ID.In(id.GiftCard)] = giftcard.MaskNumber(card.Number)
	}
	return err
}
