package console

import (
	"net/http"

	"spravka/engine/host"
)

type mentionsPage struct {
	listPage
	Mentions []host.Mention
}

// mentionsMost bounds the mentions shown.
const mentionsMost = 100

// showMentions lists the notes in which the operator is mentioned, unread ones first.
func (c *Console) showMentions(w http.ResponseWriter, r *http.Request, v *visit, s *snapshot, body listPage) error {
	mentions, err := c.Notes.Mentions(r.Context(), v.operator.ID, mentionsMost)
	if err != nil {
		return err
	}
	body.Cursor = streamCursor(listDigest(newPart(nil, pager{}, 0).digest, s.counts(c.viewerOf(v))), s)
	c.show(w, r, v, http.StatusOK, "mentions", page{Title: word(v.locale, "mentions.title"), Body: mentionsPage{body, mentions}})
	return nil
}
