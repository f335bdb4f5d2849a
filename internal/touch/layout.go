package touch

// codeSize is the side of a code without its quiet zone, in millimetres, the
// same for both doors.
const codeSize = 30.0

// card draws one card at the printer's corner.
func (p *printer) card(code string) error {
	switch p.Layout {
	case Band:
		return p.band(code)
	case Frame:
		return p.frame(code)
	default:
		return p.calm(code)
	}
}

// doors draws both codes of a card, one beside the other, and their labels.
func (p *printer) beside(code string, y float64) error {
	for i, door := range p.doors() {
		x := 12.0 + float64(i)*51
		if err := p.code(doorAddress(p.Base, code, door.end), x, y, codeSize); err != nil {
			return err
		}
		p.ink(30)
		p.say(door.label, "B", 11, x-6, y+codeSize+6, codeSize+12, 15)
	}
	return nil
}

type doorLabel struct{ end, label string }

func (p *printer) doors() []doorLabel {
	return []doorLabel{{"R", p.Words.Review}, {"P", p.Words.Private}}
}

// below writes the short address, and the words at the foot.
func (p *printer) below(code string, y float64) {
	p.ink(90)
	y = p.say(p.Words.Foot, "", 8.5, 10, y, cardWidth-20, 11)
	p.ink(30)
	p.say(shortAddress(p.Base, code), "", 9, 8, y+1, cardWidth-16, 6)
}

func (p *printer) band(code string) error {
	p.brand()
	p.fill(0, 0, cardWidth, 46)
	p.ink(255)
	p.say(p.Brand, "", 12, 10, 9, cardWidth-20, 8)
	p.say(p.Words.Heading, "B", 19, 10, 19, cardWidth-20, 23)
	if err := p.beside(code, 60); err != nil {
		return err
	}
	p.below(code, 125)
	return nil
}

func (p *printer) frame(code string) error {
	p.brand()
	p.fill(0, 0, cardWidth, cardHeight)
	p.ink(255)
	p.pdf.Rect(p.x+6, p.y+6, cardWidth-12, cardHeight-12, "F")
	p.brand()
	p.say(p.Brand, "", 11, 12, 11, cardWidth-24, 6)
	p.ink(20)
	p.say(p.Words.Heading, "B", 15, 12, 19, cardWidth-24, 15)
	for i, door := range p.doors() {
		y := 41.0 + float64(i)*42
		if err := p.code(doorAddress(p.Base, code, door.end), 16, y, codeSize); err != nil {
			return err
		}
		p.ink(30)
		p.say(door.label, "B", 13, 54, y+7, 37, 20)
	}
	p.ink(90)
	y := p.say(p.Words.Foot, "", 7.5, 12, 122, cardWidth-24, 8)
	p.ink(30)
	p.say(shortAddress(p.Base, code), "", 8.5, 12, y+0.5, cardWidth-24, 5)
	return nil
}

func (p *printer) calm(code string) error {
	p.ink(20)
	p.say(p.Brand, "B", 11, 10, 12, cardWidth-20, 6)
	p.brand()
	p.pdf.Rect(p.x+42.5, p.y+21, 20, 1, "F")
	p.ink(20)
	p.say(p.Words.Heading, "", 17, 10, 28, cardWidth-20, 22)
	if err := p.beside(code, 60); err != nil {
		return err
	}
	p.below(code, 125)
	return nil
}
