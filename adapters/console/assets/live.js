// One event stream a page. EventSource itself comes back with Last-Event-ID; where it gives up, or after a pause, this
// opens a new one that says where it stands in ?after=. So nothing is missed and nothing comes twice.
import { announce, note } from './swap.js';

export class Live {
  constructor(url, after, handlers, { restWhenHidden = false } = {}) {
    Object.assign(this, { url, after, handlers, restWhenHidden, paused: false, failures: 0, words: document.getElementById('announcer').dataset });
    this.state = document.querySelector('[data-live-state]');
    this.toggle = document.querySelector('[data-live-toggle]');
    this.toggle.addEventListener('click', () => this.pause(!this.paused));
    document.addEventListener('visibilitychange', () => this.rest());
    addEventListener('pagehide', () => this.close());
    addEventListener('pageshow', (e) => { if (e.persisted) this.open(); });
    this.open();
  }

  open() {
    this.close();
    if (this.paused) return;
    const url = new URL(this.url, location.href);
    url.searchParams.set('after', this.after);
    this.source = new EventSource(url);
    this.source.onopen = () => this.opened();
    this.source.onerror = () => this.broke();
    for (const [name, handle] of Object.entries(this.handlers)) {
      this.source.addEventListener(name, (e) => {
        this.after = e.lastEventId || this.after;
        handle(JSON.parse(e.data));
      });
    }
  }

  close() {
    clearTimeout(this.timer);
    if (this.source) this.source.close();
    this.source = null;
  }

  opened() {
    if (this.failures > 1) announce(this.words.back);
    this.failures = 0;
    this.show('well');
  }

  // broke waits for EventSource to come back by itself, or, where it won't, tries again more and more slowly.
  async broke() {
    this.show('broken');
    if (++this.failures === 2) announce(this.words.lost);
    const source = this.source;
    if (!source || source.readyState !== EventSource.CLOSED) return;
    try {
      const answer = await fetch(document.body.dataset.alive, { redirect: 'manual' });
      if (source !== this.source) return;
      if (answer.status !== 204) {
        this.close();
        note('wrong', this.words.ended);
        return;
      }
    } catch {
      if (source !== this.source) return; // somebody has opened another one meanwhile
    }
    const wait = Math.min(30000, 1000 * 2 ** Math.min(this.failures, 5)) * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => this.open(), wait);
  }

  pause(on) {
    this.paused = on;
    this.toggle.textContent = on ? this.toggle.dataset.resume : this.toggle.dataset.pause;
    if (!on) return this.open();
    this.close();
    this.show('paused');
  }

  // rest gives the connection back while nobody looks: browsers allow six to a host over HTTP/1.1, for all tabs together.
  rest() {
    if (!this.restWhenHidden || this.paused) return;
    if (document.hidden) this.close();
    else this.open();
  }

  show(state) {
    this.state.textContent = this.state.dataset[state];
    this.state.classList.toggle('on', state === 'well');
  }
}
