package host

import (
	"context"

	"spravka/engine"
)

// ServiceCall is a question to a service.
type ServiceCall struct {
	Conversation int64
	Peer         Peer
	engine.Call  // its ID is the idempotency key: the same one is never carried out twice
}

// Service answers calls. An error means that there was no usable answer: the conversation then hears
// [engine.Unavailable]. The context carries the deadline.
type Service interface {
	Call(ctx context.Context, c ServiceCall) (engine.Answered, error)
}
