// Package console is the operators' desk in the browser: log in, see who waits, open a ticket, take it, answer, hand it
// back to the bot, resolve it; administrators also manage the operators.
//
// Pages are rendered here with html/template and work without any script. Small ES modules of our own make them quicker:
// they send a form with fetch and swap the parts of the page that came back, and follow one event stream a page. A part
// looks the same whichever way it arrives, because one template draws it.
package console

import (
	"html/template"
	"net/http"
	"sync"

	"spravka/engine/host"
)

// Root is the path under which the console lives; mount the [Console] at it.
const Root = "/console/"

// Console is the operators' desk. Make it with [New], mount it at [Root], and call Close before the server shuts down.
type Console struct {
	Ports
	config Config

	pages    map[string]*template.Template // per locale
	mux      *http.ServeMux
	routes   []route // for the tests that walk through all of them
	handler  http.Handler
	forms    *forms
	byLogin  *patience
	byPlace  *patience
	hashing  chan struct{} // as many as may hash at once
	uploads  chan struct{} // as many requests as may carry files at once
	decoy    string        // the hash that stands in for that of an unknown login
	acting   [64]sync.Mutex
	staffing sync.Mutex // one change of the staff at a time
	places   *places
	looks    *looks
	inbox    *inbox
	noted    host.Hints[string] // tickets on which a note was written
	running  sync.WaitGroup
	closing  chan struct{}
	close    func()
}

// New makes a console. Errors name the setting that is wrong.
func New(p Ports, config Config) (*Console, error) {
	if err := p.complete(); err != nil {
		return nil, err
	}
	config, err := config.complete()
	if err != nil {
		return nil, err
	}
	c := &Console{
		Ports: p, config: config,
		forms:   newForms(config.Now),
		byLogin: newPatience(loginPatience, config.Now),
		byPlace: newPatience(placePatience, config.Now),
		hashing: make(chan struct{}, hashers),
		uploads: make(chan struct{}, uploadsAtOnce),
		places:  newPlaces(config.Streams, config.StreamsEach),
		looks:   newLooks(config.Now),
		closing: make(chan struct{}),
	}
	c.inbox = newInbox(p, config, c.closing)
	c.close = sync.OnceFunc(func() { close(c.closing); c.running.Wait() })
	if c.pages, err = parsePages(config); err != nil {
		return nil, err
	}
	if c.decoy, err = Hash(NewPassword(), config.Argon); err != nil {
		return nil, err
	}
	c.route()
	c.handler = c.guard(c.mux)
	c.running.Go(c.inbox.run)
	return c, nil
}

// ServeHTTP answers requests for everything under [Root].
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// Close ends all event streams, so that http.Server.Shutdown need not wait for them.
func (c *Console) Close() { c.close() }

func (c *Console) route() {
	c.mux = http.NewServeMux()
	c.page("{$}", known, methods{get: c.home})
	c.page("login", anyone, methods{get: c.showLogin, post: c.logIn})
	c.page("logout", anyone, methods{post: c.logOut})
	c.page("language", anyone, methods{post: c.setLanguage})
	c.page("alive", known, methods{get: c.alive})
	c.page("login/code", anyone, methods{get: c.showCode, post: c.checkCode})
	c.page("login/provider", anyone, methods{post: c.goToProvider})
	c.page("login/return", anyone, methods{get: c.comeBack})
	c.page("invitation/{token}", anyone, methods{get: c.showInvitation, post: c.accept})
	c.page("account", crew, methods{get: c.showAccount, post: c.changeAccount})
	c.page("account/presence", crew, methods{post: c.setPresence})
	c.page("account/sessions", crew, methods{post: c.endSessions})
	c.page("account/factor", known, methods{get: c.showFactor, post: c.changeFactor})
	c.page("password", known, methods{get: c.showPassword, post: c.changePassword})
	c.page("tickets", staff, methods{get: c.showList})
	c.page("tickets/live", staff, methods{get: c.streamList})
	c.page("tickets/{number}", staff, methods{get: c.showTicket, post: c.act})
	c.page("tickets/{number}/take", staff, methods{get: c.showTakeOver})
	c.page("tickets/{number}/live", staff, methods{get: c.streamTicket})
	c.page("tickets/{number}/notes", staff, methods{post: c.writeNote})
	c.page("tickets/{number}/return", staff, methods{get: c.showReturn})
	c.page("tickets/{number}/canned", staff, methods{get: c.serveCanned})
	c.page("tickets/{number}/typing", staff, methods{post: c.typing})
	c.page("board", watchers, methods{get: c.showBoard})
	c.page("board/live", watchers, methods{get: c.streamBoard})
	c.page("canned", crew, methods{get: c.showCanned, post: c.changeCanned})
	c.page("files/{id}", staff, methods{get: c.serveFile})
	c.page("operators", administrators, methods{get: c.showOperators, post: c.invite})
	c.page("operators/{id}", administrators, methods{get: c.showOperator, post: c.changeOperator})
	c.page("operators/invitations/{id}", administrators, methods{post: c.revoke})
	c.page("log", auditors, methods{get: c.showLog})
	c.page("notices", announcers, methods{get: c.showNotices, post: c.addNotice})
	c.page("notices/{id}", announcers, methods{post: c.changeNotice})
	c.page("assets/{version}/{name}", public, methods{get: c.serveAsset})
	c.page("", anyone, methods{get: c.notFound, post: c.notFound})
}

func (c *Console) home(w http.ResponseWriter, r *http.Request, v *visit) error {
	http.Redirect(w, r, startPage(v.operator.Role), http.StatusSeeOther)
	return nil
}

func (c *Console) notFound(http.ResponseWriter, *http.Request, *visit) error {
	return problem(http.StatusNotFound, "problem.no_page")
}

// alive tells a page's script whether the session still stands, when its stream has broken.
func (c *Console) alive(w http.ResponseWriter, _ *http.Request, _ *visit) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}
