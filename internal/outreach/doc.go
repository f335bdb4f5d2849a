// Package outreach writes to customers. It decides by the programme's contact
// policy whether and when, keeps every verdict with its reason, makes the words
// in the customer's language when they are sent, and sends them: by SMTP, or
// into a local sink that staff read in the console. Other rooms ask for a
// contact by flow's job; contact data stays in member and is read when it is
// needed. It may touch every room above it.
package outreach
