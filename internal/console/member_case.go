package console

import (
	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/web"
)

// readCases reads which cases of the person are open, for those who may see
// cases.
func (c *Console) readCases(v *visit, p *person) error {
	if !v.can(auth.CasesRead) {
		return nil
	}
	list, err := c.Complaints.Board(v.ctx(), v.actor, complaint.Query{ProgrammeID: v.programme.ID, MemberID: p.ID, Kind: complaint.Complaint, Limit: casesShown})
	for _, one := range list {
		if one.Unsolved() {
			p.cases = append(p.cases, one)
		}
	}
	return err
}

// caseLinks lead to the open cases, with when each is due.
func (p *person) caseLinks(v *visit) []web.Definition {
	var list []web.Definition
	for _, one := range p.cases {
		about := v.Say(one.State.Text())
		if one.Late(p.now) {
			about = v.T("console.case.late")
		}
		if next := one.Next(); !next.IsZero() {
			about = joined(about, v.T("console.case.at", "when", next))
		}
		list = append(list, web.Definition{Term: complaint.ShowTrack(one.Track), About: web.Link(v.at("/complaints/"+one.ID.In(id.Case)), about)})
	}
	return list
}
