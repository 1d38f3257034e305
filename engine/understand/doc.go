// Package understand reads what a citizen wrote: text → topics with calibrated confidence → one of four decisions.
//
// It is trained from the content (example phrases of every topic and out-of-scope phrases) when the program starts;
// nothing is downloaded. The way of a message:
//
//	clean → script repair (keyboard layout, translit) → tokens → spelling and lost spaces → politeness cut away
//	→ sparse features (stems, word pairs, characters, concepts) → linear classifiers, a small neural network, centroids,
//	neighbours → one distribution over classes → acceptor (probability that the first topic is right) → decision
//
// Everything is pure: no clock, no I/O, no unseeded randomness, no dependence on map order. The same corpus gives the same
// model bit for bit, so that a conversation can be replayed years later.
package understand
