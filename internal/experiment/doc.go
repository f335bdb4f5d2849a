// Package experiment holds who is compared with whom: the random bucket that a
// customer is drawn into at first sight, who of them is held out, what came of two
// groups that chance parted, and others like somebody where nobody was drawn. It
// reads sales and ranks, and changes nothing.
package experiment
