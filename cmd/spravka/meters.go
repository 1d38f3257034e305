package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"spravka/adapters/telegram"
	"spravka/adapters/vk"
	"spravka/engine/host"
)

// meters are what happens on the channels, for Prometheus. It implements [host.Meter].
type meters struct {
	updates *prometheus.CounterVec
	outbox  *prometheus.CounterVec
	deleted *prometheus.CounterVec
	desk    *prometheus.CounterVec
	refused *prometheus.GaugeVec
}

func newMeters(to prometheus.Registerer) *meters {
	m := &meters{
		updates: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "spravka_updates_total",
			Help: "Updates of the channels: received (stored), duplicate (stored before), refused (not stored, to come again), undecodable (put aside)."}, []string{"channel", "result"}),
		outbox: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "spravka_outbox_total",
			Help: "Messages to citizens: sent, retried (a try that failed), failed (for good), unknown (nobody can tell)."}, []string{"channel", "result"}),
		deleted: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "spravka_secrets_deleted_total",
			Help: "Citizens' messages that held a secret and were deleted at the platform."}, []string{"channel"}),
		desk: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "spravka_desk_total",
			Help: "The desk: offered, lapsed (not taken in time), wait_held and wait_miss (taken within the interval that the citizen was told, or not), due_soon, overdue."}, []string{"channel", "event"}),
		refused: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "spravka_channel_token_refused",
			Help: "1 while the platform does not accept the channel's token: nothing is received or sent."}, []string{"channel"}),
	}
	to.MustRegister(m.updates, m.outbox, m.deleted, m.desk, m.refused)
	return m
}

// Count implements [host.Meter].
func (m *meters) Count(channel, what string) {
	switch what {
	case host.MeterSent, host.MeterRetried, host.MeterFailed, host.MeterUnknown:
		m.outbox.WithLabelValues(channel, what).Inc()
	case host.MeterOffered, host.MeterLapsed, host.MeterWaitHeld, host.MeterWaitMiss, host.MeterDueSoon, host.MeterOverdue:
		m.desk.WithLabelValues(channel, what).Inc()
	case host.MeterDeleted:
		m.deleted.WithLabelValues(channel).Inc()
	default:
		m.updates.WithLabelValues(channel, what).Inc()
	}
	if what == host.MeterSent || what == host.MeterReceived { // neither happens with a token that is refused
		m.refused.WithLabelValues(channel).Set(0)
	}
}

// telegram hears what the Telegram channel counts by itself.
func (m *meters) telegram(what string) {
	if what == telegram.CountToken {
		m.refused.WithLabelValues(telegram.Channel).Set(1)
	}
}

// vk hears VK's alarms.
func (m *meters) vk(alarm string) {
	if alarm == vk.AlarmToken {
		m.refused.WithLabelValues(vk.Channel).Set(1)
	}
}
