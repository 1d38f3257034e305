package host

// Meter counts what happens on the channels. Its methods may be called from any goroutine and must be quick.
type Meter interface {
	// Count counts one of the things named by the Meter constants.
	Count(channel, what string)
}

// What is counted.
const (
	MeterReceived  = "received"  // an update that was stored
	MeterDuplicate = "duplicate" // an update that was stored before
	MeterRefused   = "refused"   // an update that could not be stored: the channel gives it again
	MeterSent      = "sent"      // a message that has arrived at the platform
	MeterRetried   = "retried"   // a message whose sending has to be tried again
	MeterFailed    = "failed"    // a message that was refused for good
	MeterUnknown   = "unknown"   // a message in doubt
	MeterOffered   = "offered"   // a ticket that was offered to an operator
	MeterLapsed    = "lapsed"    // an offer that was not taken in time
	MeterWaitHeld  = "wait_held" // a citizen who was taken within the interval that they had been told
	MeterWaitMiss  = "wait_miss" // one who was taken earlier or later
	MeterDueSoon   = "due_soon"  // a ticket whose term is about to break
	MeterOverdue   = "overdue"   // one whose term has broken
	MeterDeleted   = "deleted"   // a citizen's message that held a secret
)

type noMeter struct{}

func (noMeter) Count(string, string) {}
