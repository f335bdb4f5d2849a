// Package bench measures the speed of the whole house as its users meet it: a
// server in a process of its own, asked over HTTP, with durable commits. Each
// figure stands beside the limit that the disk or the database's driver sets,
// measured in the same run. It may use every room; none may use it.
package bench
