// Package console is the manager's pages: signing in, the overview, members,
// the programme with its rules and ranks, imports, jobs, staff, keys and the
// audit trail. It asks the rooms above for what it shows and changes things
// through their verbs alone; it holds no SQL and decides nothing about points.
//
// A page is an area of its own: <area>.go handles its forms, <area>.templ draws
// it, and its words stand in the texts as console_<area>. What every page needs
// of the request is a visit; which address leads where, and with which
// permission, stands in the routes of each area.
package console
