package promo

import (
	"embed"

	"regulars/internal/db"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "promo", Files: files}
