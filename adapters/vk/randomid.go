package vk

import (
	"hash/fnv"
	"io"
	"math"
)

// maxParts bounds the messages of VK that one message of ours becomes.
const maxParts = 64

// randomID names a part of a message of the outbox for VK, which drops what it has seen from us for the same peer. It
// lies between 1 and 2³¹−1, since VK keeps 32 bits and takes 0 for none.
//
// Within a conversation the numbers simply count, so that no two messages ever have the same one, as a hash could: VK
// would swallow the second. Where they begin depends on the conversation and on [Config.Salt]: an installation that
// begins its database anew counts from 1 again and must not repeat the numbers of the old one.
func (a *Adapter) randomID(conversation, seq int64, part int) int32 {
	const most = math.MaxInt32
	begin := uint64(hashID("outbox\n" + a.config.Salt + "\n" + itoa(conversation)))
	return int32((begin+uint64(seq)%most*maxParts+uint64(part))%most) + 1
}

// hashID is a random_id for what is in no outbox.
func hashID(key string) int32 {
	h := fnv.New64a()
	io.WriteString(h, key)
	sum := h.Sum64()
	return int32((sum^sum>>32)%math.MaxInt32) + 1
}
