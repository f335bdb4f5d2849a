// Package fraud watches for what honest customers and staff seldom do: it folds
// committed events into marks, and raises a flag where the marks of one subject
// in one hour, day or month come to more than a rule of the programme allows.
// Staff decide a flag. It stands below flow: it reads committed events as one of
// flow's readers, and sets points aside, gives them back and takes them by
// flow's adjustments. It keeps no contact data; devices, telephones and addresses
// are kept as keyed hashes.
package fraud
