package console

import (
	"bytes"
	"strconv"
	"strings"

	"regulars/internal/id"
	"regulars/internal/touch"
)

// file is the address of a part of a batch as PDF.
func (p *cardsPage) file(b touch.Batch, paper touch.Paper, part int) string {
	return p.at("/cards/batches/"+b.ID.In(id.CardBatch)+"/cards.pdf", "paper", string(paper), "part", strconv.Itoa(part))
}

func (c *Console) printCards(v *visit) error {
	n, err := v.pathID("batch", id.CardBatch)
	if err != nil || n == 0 {
		return err
	}
	part, _ := strconv.Atoi(v.field("part"))
	var pdf bytes.Buffer
	base := "https://" + v.r.Host
	if err := c.Touch.Print(v.ctx(), v.actor, v.programme.ID, n, touch.Paper(v.field("paper")), part-1, base, &pdf); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/pdf")
	v.w.Header().Set("Content-Disposition", `attachment; filename="cards-`+v.field("paper")+"-"+strconv.Itoa(part)+`.pdf"`)
	_, err = pdf.WriteTo(v.w)
	return err
}

// part names a file of a batch; some batches fill several.
func (p *cardsPage) part(b touch.Batch, paper touch.Paper, part int) string {
	name := strings.ToUpper(string(paper))
	if b.Parts() > 1 {
		name += " " + strconv.Itoa(part+1) + "/" + strconv.Itoa(b.Parts())
	}
	return name
}
