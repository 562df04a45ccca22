//go:build tools

// Package peers pins the programs that ours are measured against, so that `go build` finds them.
package peers

import (
	_ "github.com/replicatedhq/troubleshoot/cmd/preflight"
	_ "github.com/replicatedhq/troubleshoot/cmd/troubleshoot"
)
