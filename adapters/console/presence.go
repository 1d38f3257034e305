package console

import (
	"context"
	"net/http"

	"spravka/engine/desk"
)

// present is a colleague who has the same ticket open.
type present struct {
	Name   string
	Typing bool
}

// present lists who else looks at a ticket. A page is worth showing without it.
func (c *Console) present(ctx context.Context, v *visit, number string) []present {
	viewers := c.Presence.Viewers(number)
	if len(viewers) == 0 || len(viewers) == 1 && viewers[0].Operator == v.operator.ID {
		return nil
	}
	operators, err := c.Accounts.Operators(ctx)
	if err != nil && ctx.Err() == nil {
		c.config.Log.WarnContext(ctx, "console: the operators can't be read", "error", err)
	}
	names := map[int64]string{}
	for _, o := range operators {
		names[o.ID] = o.Name
	}
	var all []present
	for _, viewer := range viewers {
		if name := names[viewer.Operator]; viewer.Operator != v.operator.ID && name != "" {
			all = append(all, present{name, viewer.Typing})
		}
	}
	return all
}

// typing says that the operator writes: to the colleagues, and to the citizen if it is an answer.
func (c *Console) typing(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	t, _, record, err := c.load(r.Context(), v, r.PathValue("number"))
	if err != nil {
		return err
	}
	c.Presence.Typing(t.Number, v.operator.ID)
	s := stand(t, record.State, v.operator.ID, c.config.Now())
	if form.Get("what") == "reply" && s.Mine && (t.Kind == "" || t.Kind == desk.HandOff) {
		c.Conversations.Typing(r.Context(), t.Conversation, v.operator.Name)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
