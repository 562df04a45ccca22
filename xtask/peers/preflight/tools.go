//go:build tools

// Package peers pins the preflight program that ours is measured against, so that `go build` finds it.
package peers

import _ "github.com/replicatedhq/troubleshoot/cmd/preflight"
