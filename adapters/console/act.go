package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// actTime bounds how long an action may take. It goes on if the browser leaves: half an action would be worse.
const actTime = 30 * time.Second

// done are the notices after an action that went well; they stand in the address, so only these are shown.
var done = map[string]string{
	string(engine.Take): "done", string(engine.Reply): "done", string(engine.Ask): "done", string(engine.RequestFile): "done",
	string(engine.Return): "done", string(engine.Resolve): "done", string(engine.Release): "done", string(engine.Transfer): "done",
	string(engine.Merge): "done", string(engine.Reopen): "done", "note": "done", "note_unknown": "careful", "again": "careful",
}

func doneNotice(locale, what string) *notice {
	kind, ok := done[what]
	if !ok {
		return nil
	}
	return &notice{kind, word(locale, "done."+what)}
}

// act carries out what an operator does with a ticket. Whatever goes wrong, the page comes back with the text that was
// written, and with the same key where the form may be sent once more.
func (c *Console) act(w http.ResponseWriter, r *http.Request, v *visit) error {
	number := r.PathValue("number")
	if _, _, _, err := c.load(r.Context(), v, number); err != nil {
		return err
	}
	form, err := c.readReply(w, r)
	var f *fault
	if errors.As(err, &f) && form != nil {
		return c.redraw(w, r, v, f, form)
	}
	if err != nil {
		return err
	}
	defer form.release()
	if form.Action == insertCanned {
		return c.insert(w, r, v, form)
	}
	what, err := c.carryOut(r, v, number, form)
	if errors.As(err, &f) && f.status != http.StatusNotFound {
		return c.redraw(w, r, v, f, form)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, ticketURL(number)+"?done="+what, http.StatusSeeOther)
	return nil
}

func (c *Console) redraw(w http.ResponseWriter, r *http.Request, v *visit, f *fault, form *replyForm) error {
	text := word(v.locale, f.text, f.args...)
	p, box := page{}, reply{Key: form.Key, Text: form.Text, Note: form.Note}
	switch form.Action { // its panel is shown open again
	case engine.Transfer:
		box.To = form.To
	case engine.Resolve:
		box.Resolution = form.Resolution
	}
	if f.status == http.StatusUnprocessableEntity { // it is about the box, so it stands beside it
		box.Wrong = text
	} else {
		p.Notice = &notice{"wrong", text}
	}
	return c.drawTicket(w, r, v, f.status, p, -1, box, noteBox{})
}

// carryOut does it, one action of a conversation at a time, so that nobody takes a ticket in the moment in which
// somebody else does. It returns the notice to show.
func (c *Console) carryOut(r *http.Request, v *visit, number string, form *replyForm) (what string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), actTime)
	defer cancel()
	t, _, record, err := c.load(ctx, v, number)
	if err != nil {
		return "", err
	}
	lock := &c.acting[uint64(t.Conversation)%uint64(len(c.acting))]
	lock.Lock()
	defer lock.Unlock()
	name := update(v.operator.ID, form.Key, append(form.says(), t.Number)...)
	if c.forms.done(name) {
		return "again", nil
	}
	if t, _, record, err = c.load(ctx, v, number); err != nil { // as it is now that it is our turn
		return "", err
	}
	if err := permit(form, stand(t, record.State, v.operator.ID, c.config.Now())); err != nil {
		return "", err
	}
	acted, err := c.acted(ctx, v, form, t)
	if err != nil {
		return "", err
	}
	if acted.Files, err = c.save(ctx, form, record.Peer, name); err != nil {
		return "", fmt.Errorf("the files of a reply can't be stored: %w", err)
	}
	receipt, err := c.Conversations.Act(ctx, t.Conversation, name, acted)
	if err != nil {
		return "", c.refusal(ctx, v, t, err)
	}
	c.forms.finish(name)
	if receipt.Duplicate {
		return "again", nil
	}
	c.did(ctx, v, "ticket."+string(form.Action), t.Number, details(acted)...)
	if form.Action == engine.Transfer && acted.To != 0 {
		c.inbox.passed(t.Number, acted.To)
	}
	c.inbox.touch()
	return string(form.Action), nil
}

// acted is what a form wants, as the engine takes it.
func (c *Console) acted(ctx context.Context, v *visit, form *replyForm, t desk.Ticket) (engine.Acted, error) {
	a := engine.Acted{Action: form.Action, Operator: v.operator.ID, Name: v.operator.Name, Ticket: t.Number, Text: form.Text, Fence: form.Fence, Over: form.Over}
	switch form.Action {
	case engine.Release:
		a.Note = form.Note
	case engine.Transfer:
		a.Note = form.Note
		queue, toQueue := strings.CutPrefix(form.To, "queue:")
		if toQueue {
			a.Queue = queue
			return a, nil
		}
		id, err := strconv.ParseInt(strings.TrimPrefix(form.To, "operator:"), 10, 64)
		if err != nil {
			return a, problem(http.StatusUnprocessableEntity, "act.no_target")
		}
		operators, err := c.Accounts.Operators(ctx)
		if err != nil {
			return a, err
		}
		i := slices.IndexFunc(operators, func(o host.Operator) bool { return o.ID == id && canHave(o, t.Queue) })
		if i < 0 || id == v.operator.ID {
			return a, problem(http.StatusUnprocessableEntity, "act.no_target")
		}
		a.To, a.ToName = id, operators[i].Name
	case engine.Resolve:
		a.Resolution = form.Resolution
	case engine.Merge:
		a.Into = form.Into
	case engine.Return:
		a.Flow, a.Slots = form.Flow, form.Slots
		if a.Flow == "" {
			a.Slots = nil
		}
	}
	return a, nil
}

// canHave reports whether an operator may be given a ticket of the queue.
func canHave(o host.Operator, queue string) bool {
	v := visit{operator: o}
	return !o.Disabled && v.sees(queue, 0)
}

// details are what the audit log keeps of an action besides its name: nothing that was said.
func details(a engine.Acted) []host.AuditChange {
	var all []host.AuditChange
	add := func(field, value string) {
		if value != "" {
			all = append(all, host.AuditChange{Field: field, After: value})
		}
	}
	add("to", a.ToName)
	add("queue", a.Queue)
	add("resolution", a.Resolution)
	add("into", a.Into)
	add("flow", a.Flow)
	return all
}

// permit checks an action against what the operator may do.
func permit(form *replyForm, s standing) error {
	switch {
	case form.Action == engine.Reopen:
		if !s.Over {
			return problem(http.StatusConflict, "act.open")
		}
		return nil
	case s.Over:
		return problem(http.StatusConflict, "act.over")
	case form.Action == engine.Take:
		switch {
		case s.Mine:
			return problem(http.StatusConflict, "act.mine")
		case s.Other != 0 && form.Over != s.Other:
			return otherProblem(s.Owner)
		}
		return nil
	case form.Action == engine.Release && s.Offered:
		return nil
	case s.Other != 0:
		return otherProblem(s.Owner)
	case !s.Mine:
		return problem(http.StatusConflict, "act.free")
	}
	switch form.Action {
	case engine.Reply:
		if form.Text == "" && len(form.Files) == 0 {
			return problem(http.StatusUnprocessableEntity, "act.empty")
		}
	case engine.RequestFile:
		if form.Text == "" {
			return problem(http.StatusUnprocessableEntity, "act.which_file")
		}
	case engine.Return, engine.Release, engine.Transfer, engine.Merge:
		if form.Text != "" || len(form.Files) > 0 {
			return problem(http.StatusUnprocessableEntity, "act.unsent")
		}
	}
	if holes := holesIn(form.Text); len(holes) > 0 {
		return problem(http.StatusUnprocessableEntity, "act.holes", "holes", strings.Join(holes, ", "))
	}
	return nil
}

func otherProblem(owner string) error {
	if owner == "" {
		return problem(http.StatusConflict, "act.somebody")
	}
	return problem(http.StatusConflict, "act.other", "name", owner)
}

// refusal says why the engine or the store did not do it. Who has the ticket now tells most.
func (c *Console) refusal(ctx context.Context, v *visit, t desk.Ticket, err error) error {
	if now, _, record, failure := c.load(ctx, v, t.Number); failure == nil {
		switch s := stand(now, record.State, v.operator.ID, c.config.Now()); {
		case s.Over:
			return problem(http.StatusConflict, "act.over")
		case s.Other != 0:
			return otherProblem(s.Owner)
		}
	}
	var refused host.RefusedError
	switch {
	case errors.As(err, &refused) && refused.Reason == engine.NotOwner:
		return problem(http.StatusConflict, "act.free")
	case errors.As(err, &refused) && refused.Reason == engine.TicketEnded:
		return problem(http.StatusConflict, "act.over")
	case errors.As(err, &refused) && refused.Reason == engine.Empty:
		return problem(http.StatusUnprocessableEntity, "act.empty")
	case errors.As(err, &refused) && refused.Reason == engine.NoTarget:
		return problem(http.StatusUnprocessableEntity, "act.no_target")
	case errors.As(err, &refused) && refused.Reason == engine.BadSlot:
		return problem(http.StatusUnprocessableEntity, "act.bad_slot")
	case errors.As(err, &refused), errors.Is(err, host.ErrConflict):
		return problem(http.StatusConflict, "act.changed")
	}
	c.config.Log.ErrorContext(ctx, "console: an action failed", "ticket", t.Number, "operator", v.operator.ID, "error", err)
	return problem(http.StatusServiceUnavailable, "act.failed")
}

// save stores the files of a reply. Their identifiers follow from the form and their contents, so a form that is sent
// again stores nothing twice.
func (c *Console) save(ctx context.Context, form *replyForm, peer host.Peer, name string) ([]engine.File, error) {
	var files []engine.File
	for i, f := range form.Files {
		sum := sha256.Sum256([]byte("spravka console file\x00" + name + "\x00" + strconv.Itoa(i) + "\x00" + f.digest))
		file := engine.File{ID: hex.EncodeToString(sum[:16]), Name: f.name, MIME: f.mime, Size: int64(len(f.content))}
		files = append(files, file)
		_, stored, err := c.Files.OpenFile(ctx, file.ID)
		if err == nil {
			if err := stored.Close(); err != nil {
				return nil, err
			}
			continue
		}
		if !errors.Is(err, host.ErrNotFound) {
			return nil, err
		}
		if err := c.Files.SaveFile(ctx, host.File{File: file, Peer: peer, At: c.config.Now()}, f.content); err != nil {
			return nil, err
		}
	}
	return files, nil
}
