// Package auth holds who may do what: staff and their roles, sessions,
// one-time links, API keys and the audit trail of every write. It knows no
// programme beyond its id, and imports only fault, id, i18n and db.
package auth
