package flow_test

import (
	"testing"
	"time"

	_ "spravka/engine" // names the sentences that the engine needs
	"spravka/engine/flow/flowtest"
)

func TestShippedContentIsSound(t *testing.T) {
	c := flowtest.Load(t, flowtest.Shipped(t))
	for _, p := range c.Expired(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)).Fatal() {
		t.Error(p)
	}
	if len(c.Topics) != 43 {
		t.Errorf("there are %d topics, want 43", len(c.Topics))
	}
}
