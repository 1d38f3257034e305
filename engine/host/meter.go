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
	MeterDeleted   = "deleted"   // a citizen's message that held a secret
)

type noMeter struct{}

func (noMeter) Count(string, string) {}
