// Package factor says what feedback is about: every answer in own words, case
// and public review is coded to one factor of loyalty. It reckons how much each
// factor matters and how well it is done, keeps what is to be done about it, and
// sets satisfaction beside what people then buy. It reads the rooms of surveys,
// cases and reviews and changes nothing in them; its own tables hold the
// manager's choices, what a person coded, and actions.
package factor
