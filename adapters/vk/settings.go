package vk

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/SevereCloud/vksdk/v2/api"
	"github.com/SevereCloud/vksdk/v2/object"
)

// title names our callback server among those of the community.
const title = "Spravka"

// kinds are the updates that we ask for, and those that we don't.
func (a *Adapter) kinds() api.Params {
	p := api.Params{"message_new": 1, "message_event": 1, "message_edit": 1, "message_allow": 1, "message_deny": 1, "message_reply": 0, "wall_reply_new": 0}
	if a.config.Comments {
		p["wall_reply_new"] = 1
	}
	return p
}

// preferPolling makes the community's settings those of polling: our callback server goes, so that nothing comes twice.
// Where that fails, polling may work nevertheless.
func (a *Adapter) preferPolling(ctx context.Context) {
	if a.config.KeepSettings {
		return
	}
	p := api.Params{"group_id": a.config.Group, "enabled": 1, "api_version": a.vk.Version}
	maps.Copy(p, a.kinds())
	if err := a.call(ctx, "groups.setLongPollSettings", p, nil); err != nil {
		a.setupFailed(ctx, "long polling could not be enabled", err)
		return
	}
	all, err := a.callbackServers(ctx)
	if err != nil {
		a.setupFailed(ctx, "the callback servers could not be listed", err)
		return
	}
	for _, s := range all {
		if s.Title == title && s.Status == "ok" {
			if err := a.removeServer(ctx, s.ID); err != nil {
				a.setupFailed(ctx, "our callback server could not be removed", err)
			}
		}
	}
}

func (a *Adapter) setupFailed(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		a.alarm(AlarmSetup, fmt.Sprintf("%s (%v): give the token the right to manage the community, or set it by hand and start with KeepSettings", what, err))
	}
}

// register makes VK call our handler, trying until it does.
func (a *Adapter) register(ctx context.Context) {
	if a.config.KeepSettings || a.config.CallbackURL == "" {
		return
	}
	wait := time.Second
	for failed := 0; ctx.Err() == nil; {
		err := a.registerOnce(ctx)
		if err == nil {
			return
		}
		if failed++; failed == 3 {
			a.setupFailed(ctx, "the callback server could not be registered", err)
		}
		a.config.Log.Warn("VK: registering the callback server", "error", err)
		if pause(ctx, max(wait, delay(err))) != nil {
			return
		}
		wait = min(2*wait, 5*time.Minute)
	}
}

func (a *Adapter) registerOnce(ctx context.Context) error {
	all, err := a.callbackServers(ctx)
	if err != nil {
		return err
	}
	id := 0
	for _, s := range all {
		switch {
		case s.URL == a.config.CallbackURL && s.SecretKey == a.config.Secret && s.Status == "ok":
			id = s.ID
		case s.Title == title:
			if err := a.removeServer(ctx, s.ID); err != nil {
				return err
			}
		}
	}
	if id == 0 {
		var added api.GroupsAddCallbackServerResponse
		err := a.call(ctx, "groups.addCallbackServer", api.Params{"group_id": a.config.Group, "url": a.config.CallbackURL, "title": title, "secret_key": a.config.Secret}, &added)
		if err != nil {
			return err
		}
		id = added.ServerID
	}
	p := api.Params{"group_id": a.config.Group, "server_id": id, "api_version": a.vk.Version}
	maps.Copy(p, a.kinds())
	if err := a.call(ctx, "groups.setCallbackSettings", p, nil); err != nil {
		return err
	}
	if err := a.call(ctx, "groups.setLongPollSettings", api.Params{"group_id": a.config.Group, "enabled": 0}, nil); err != nil {
		return err
	}
	return a.confirmed(ctx, id)
}

// confirmed checks that VK has found our handler.
func (a *Adapter) confirmed(ctx context.Context, id int) error {
	for range 5 {
		all, err := a.callbackServers(ctx)
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.ID == id && s.Status == "ok" {
				return nil
			}
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
	return fmt.Errorf("VK did not get the confirmation string from %s", a.config.CallbackURL)
}

func (a *Adapter) callbackServers(ctx context.Context) ([]object.GroupsCallbackServer, error) {
	var all api.GroupsGetCallbackServersResponse
	err := a.call(ctx, "groups.getCallbackServers", api.Params{"group_id": a.config.Group}, &all)
	return all.Items, err
}

func (a *Adapter) removeServer(ctx context.Context, id int) error {
	return a.call(ctx, "groups.deleteCallbackServer", api.Params{"group_id": a.config.Group, "server_id": id}, nil)
}
