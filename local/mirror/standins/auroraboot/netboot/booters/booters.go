// Package booters stands in for a module that the Go module proxy does not serve.
package booters

import (
	"errors"

	"github.com/kairos-io/netboot/types"
)

// StaticBooter refuses.
func StaticBooter(*types.Spec) (any, error) {
	return nil, errors.New("this AuroraBoot is a test stand-in and serves no netboot")
}
