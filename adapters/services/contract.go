// Package services asks the registers behind the dialogues over HTTP. openapi.yaml is the contract that whoever runs the
// registers implements; [Client] is its other side.
package services

import _ "embed"

// Contract is openapi.yaml: what a register has to answer.
//
//go:embed openapi.yaml
var Contract []byte

// Operation is what a service can be asked for, and every way in which it can answer.
type Operation struct {
	Params   []string // what it is asked with; all of them are sent, empty where nothing is known
	Outcomes []string // what it may answer
	Data     []string // what may come with an answer
}

// Bounds of the contract.
const (
	maxAnswer    = 256 << 10 // bytes of an answer's body
	maxErrorBody = 4 << 10   // bytes that are read of an error's body
	maxText      = 4000      // characters of a parameter or of a text in an answer
	maxKey       = 255       // bytes of an idempotency key
	maxToken     = 4 << 10   // bytes of the bearer token
	maxRedirects = 3
)

// codes are the codes of errors that the contract names. Others are not repeated in our own errors: they could hold anything.
var codes = []string{"bad_request", "unauthorized", "forbidden", "unknown_operation", "too_large", "key_reused",
	"in_progress", "too_many_requests", "internal", "unavailable"}
