const RECENT = -200 // a fresh link asks for that many of the newest entries
const PING = 25000
const DEAD = 70000 // without a sign of life from the server, which gives one every 25 s
const FIRST = 8000 // for a transport to show that it works

const backoff = (tries) => Math.min(30000, 500 * 2 ** tries) * (0.5 + Math.random() / 2)

// Refused is an answer of the server that trying again will not change, unless wait is set.
class Refused extends Error {
  constructor(status, told) {
    super((told && told.message) || 'HTTP ' + status)
    this.code = told && told.code
    this.status = status
    this.wait = told && told.retry_ms
    this.final = status >= 400 && status < 500 && status !== 429 && status !== 408
    if (this.code === 'file_quota') this.final = true
  }
}

// Link keeps this tab in step with the server: over a WebSocket; where that fails, over an event stream; where that fails
// too, by asking. All three have the same cursor, so nothing is lost or doubled when one takes over from another.
class Link {
  constructor(base, lang, store, on) {
    Object.assign(this, { base, lang, store, on, after: RECENT, waiting: new Map(), naps: new Set(), run: 0 })
  }

  get token() {
    return this.store.get('token')
  }

  headers() {
    return { 'Accept-Language': this.lang, ...(this.token && { Authorization: 'Bearer ' + this.token }) }
  }

  // call does one request and returns its JSON.
  async call(path, init = {}) {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), init.wait || 20000)
    try {
      const got = await fetch(this.base + 'api/v1/' + path, { cache: 'no-store', signal: stop.signal, headers: this.headers(), ...init })
      if (init.raw && got.ok) return await got.blob()
      const body = got.status === 204 ? {} : await got.json()
      if (!got.ok) throw this.refused(got.status, body.error)
      return body
    } finally {
      clearTimeout(timer)
    }
  }

  refused(status, told) {
    if (told && told.code === 'bad_token') this.store.set('token') // damaged: begin anew
    return new Refused(status, told)
  }

  // session asks for a token if there is none. Another tab may have been faster.
  async session() {
    if (this.token) return
    const { token } = await this.call('session', { method: 'POST' })
    if (!this.token) this.store.set('token', token)
  }

  start() {
    if (this.running || !this.token) return
    this.running = true
    this.loop(++this.run)
  }

  // reset forgets the place in the history, as after the visitor has changed.
  reset() {
    this.run++
    this.running = false
    this.after = RECENT
    this.drop()
    this.wake()
  }

  drop() {
    if (this.ws) this.ws.close()
    if (this.stream) this.stream.abort()
  }

  // loop goes on for as long as this run is the current one.
  async loop(run) {
    const live = () => run === this.run
    let sick = 0 // WebSockets in a row that did not come up
    for (let tries = 0; live() && this.token; ) {
      let lived = await this.socket(live)
      sick = lived ? 0 : sick + 1
      if (!lived && sick > 1 && live()) lived = (await this.events(live)) || (live() && (await this.poll(live)))
      if (!live()) return
      if (lived) tries = 0
      this.on.status(false)
      await this.nap(backoff(tries++))
    }
    if (live()) this.running = false
  }

  // nap waits, but not longer than until the network is back or the citizen asks to hurry.
  nap(ms) {
    return new Promise((done) => {
      const wake = () => {
        clearTimeout(timer)
        this.naps.delete(wake)
        done()
      }
      const timer = setTimeout(wake, ms)
      this.naps.add(wake)
    })
  }

  wake() {
    for (const wake of [...this.naps]) wake()
  }

  // socket lives over a WebSocket and returns whether it came up at all.
  socket(live) {
    return new Promise((done) => {
      let ws
      try {
        ws = this.ws = new WebSocket((this.base + 'api/v1/socket').replace(/^http/, 'ws'))
      } catch {
        return done(false)
      }
      let up = false
      let heard = Date.now()
      const first = setTimeout(() => up || ws.close(), FIRST)
      const pulse = setInterval(() => {
        if (Date.now() - heard > DEAD) ws.close()
        else if (up) ws.send('{"type":"ping"}')
      }, PING)
      ws.onopen = () => ws.send(JSON.stringify({ type: 'hello', token: this.token, after: this.after, locale: this.lang }))
      ws.onmessage = (m) => {
        heard = Date.now()
        if (!live()) return ws.close()
        const frame = JSON.parse(m.data)
        if (frame.type === 'ready') up = ws.up = true
        this.take(frame)
      }
      ws.onclose = (e) => {
        clearTimeout(first)
        clearInterval(pulse)
        if (e.code === 4401) this.store.set('token')
        if (this.ws === ws) this.ws = null
        for (const { no } of this.waiting.values()) no(new Error('closed'))
        this.waiting.clear()
        done(up)
      }
    })
  }

  // events lives over a stream of server-sent events, read by fetch because EventSource can't send the token.
  async events(live) {
    const stop = (this.stream = new AbortController())
    let up = false
    let timer = setTimeout(() => stop.abort(), FIRST)
    try {
      const got = await fetch(this.base + 'api/v1/events?after=' + this.after, { headers: this.headers(), signal: stop.signal, cache: 'no-store' })
      if (!got.ok) throw this.refused(got.status)
      const reader = got.body.pipeThrough(new TextDecoderStream()).getReader()
      let rest = ''
      for (;;) {
        const { value, done } = await reader.read()
        if (done || !live()) break
        clearTimeout(timer)
        timer = setTimeout(() => stop.abort(), DEAD)
        const blocks = (rest + value).split('\n\n')
        rest = blocks.pop()
        for (const block of blocks) {
          const frame = JSON.parse(block.slice(6)) // "data: "
          if (frame.type === 'ready') up = true
          this.take(frame)
        }
      }
    } catch {}
    clearTimeout(timer)
    stop.abort()
    return up
  }

  // poll asks again and again for three minutes; then the better transports get another chance.
  async poll(live) {
    const until = Date.now() + 180000
    let lived = false
    try {
      while (live() && Date.now() < until) {
        const more = await this.fetch(lived ? 20 : 0)
        if (!lived) this.take({ type: 'ready' })
        lived = true
        if (!more) await this.nap(1000)
      }
    } catch {}
    return lived
  }

  // fetch gets one batch of entries.
  async fetch(wait) {
    const { run } = this
    const got = await this.call(`messages?after=${this.after}&wait=${wait}`, { wait: 20000 + wait * 1000 })
    if (run !== this.run) return
    if (got.reset) this.take({ type: 'reset' })
    for (const entry of got.entries) this.take({ type: 'entry', entry })
    this.take({ type: 'state', state: got.state })
    return got.more
  }

  // fill closes a gap.
  async fill() {
    if (this.filling) return
    this.filling = true
    try {
      while (await this.fetch(0));
    } catch {
      this.drop() // the next connection begins at the cursor
    }
    this.filling = false
  }

  take(frame) {
    const { type, entry, id } = frame
    if (type === 'entry') {
      if (this.after >= 0 && entry.seq <= this.after) return
      if (this.after >= 0 && entry.seq > this.after + 1 && !this.filling) return void this.fill()
      this.after = entry.seq
      this.on.entry(entry)
    } else if (type === 'reset') {
      this.after = RECENT
      this.on.reset()
    } else if (type === 'state') {
      this.on.state(frame.state)
    } else if (type === 'typing') {
      this.on.typing()
    } else if (type === 'ready') {
      if (this.after < 0) this.after = frame.seq || 0
      this.on.status(true)
      this.on.ready()
    } else if (id && this.waiting.has(id)) {
      const { yes, no } = this.waiting.get(id)
      this.waiting.delete(id)
      if (type === 'ack') yes(frame)
      else no(new Refused(/^(too_many|unavailable|internal|busy)$/.test(frame.error.code) ? 503 : 400, frame.error))
    }
  }

  // deliver sends a message and returns once the server has stored it.
  // typing tells the staff that the visitor is writing.
  typing() {
    const now = Date.now()
    if (this.ws?.up && now - (this.typed || 0) > 4000) {
      this.typed = now
      this.ws.send('{"type":"typing"}')
    }
  }

  async deliver(item) {
    await this.session()
    const body = JSON.stringify({ ...item, locale: this.lang })
    const ws = this.ws
    if (!ws || !ws.up) {
      await this.call('messages', { method: 'POST', body })
      return this.start()
    }
    await new Promise((yes, no) => {
      this.waiting.set(item.id, { yes, no })
      setTimeout(() => {
        if (this.waiting.delete(item.id)) {
          no(new Error('no answer'))
          ws.close()
        }
      }, 15000)
      ws.send(body)
    })
  }
}
