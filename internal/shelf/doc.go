// Package shelf keeps files of ours in a folder that several processes share:
// uploads and what came of them, each thing in a folder of its own that its
// identifier names; and why something that ran apart could not be done. It may
// touch fault, id and i18n.
package shelf
