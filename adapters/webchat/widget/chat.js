class SpravkaChat extends HTMLElement {
  connectedCallback() {
    if (!this.root) this.build()
    window.addEventListener('storage', this)
    window.addEventListener('online', this)
    document.addEventListener('visibilitychange', this)
    this.begin()
  }

  disconnectedCallback() {
    window.removeEventListener('storage', this)
    window.removeEventListener('online', this)
    document.removeEventListener('visibilitychange', this)
    this.link.reset()
  }

  build() {
    const own = this.closest('[lang]')
    const lang = this.getAttribute('lang') || this.getAttribute('locale') || (own && own.lang) || navigator.language
    this.lang_ = /^en/i.test(lang) ? 'en' : 'ru'
    const say = (this.say = WORDS[this.lang_])
    this.whole = this.hasAttribute('page')
    this.base = new URL(this.getAttribute('base') || HOME || '/chat/', location).href.replace(/\/?$/, '/')
    this.home = new URL(this.base).origin === location.origin
    this.news = new Set()
    this.store = new Store(this.base)
    this.link = new Link(this.base, this.lang_, this.store, {
      entry: (e) => this.entry(e),
      state: (s) => this.state(s),
      typing: () => this.log.typing(true),
      reset: () => (this.log.reset(), this.hurry()),
      ready: () => this.ready(),
      status: (up) => this.status(up),
    })
    this.outbox = new Outbox(this.link, this.store, {
      sent: (item) => this.sent(item),
      late: (item) => this.log.fate(item.id, say.late, () => this.link.wake()),
      refused: (item, e) => (this.log.drop(item.id), this.writer.giveBack(item.text, e.message)),
    })
    this.log = new Log(say, this.lang_, {
      press: (b) => this.send({ type: 'press', payload: b.payload, show: { text: b.label } }),
      focus: () => this.writer.text.focus(),
      download: (f) => this.download('files/' + f.id, f.name),
    })
    this.writer = new Writer(say, this.link, {
      announce: (text) => this.announce(text),
      human: () => this.send({ type: 'press', payload: '~human', show: { text: say.human } }),
      send: (text, files) => this.send({ type: 'message', text, files: files.map((f) => f.id), show: { text, files: files.map(({ name, size }) => ({ name, size })) } }),
    })
    this.root = this.attachShadow({ mode: 'open' })
    try {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(STYLE)
      this.root.adoptedStyleSheets = [sheet]
    } catch {
      this.root.append(h('style', {}, STYLE)) // browsers older than 2023
    }
    this.replaceChildren() // what stood here for browsers without a script
    this.draw()
  }

  draw() {
    const { say } = this
    this.live = h('div', { class: 'hush', 'aria-live': 'polite' })
    this.name = h(this.whole ? 'h1' : 'h2', { id: 'name' }, this.getAttribute('name') || say.system)
    this.sub = h('p', {}, say.isBot)
    this.bar = h('div', { class: 'bar', hidden: true })
    this.cut = h('div', { class: 'bar cut', hidden: true }, icon('warn'), h('span', {}, say.offline), h('button', { type: 'button', class: 'link', onclick: () => this.hurry() }, say.retry))
    this.badge = h('span', { class: 'badge', hidden: true })
    this.launcher = h('button', { class: 'launch', type: 'button', 'aria-haspopup': 'dialog', onclick: () => this.open() }, icon('chat'), h('span', {}, say.launch), this.badge)
    this.panel = h('div', { class: 'panel', tabIndex: -1, hidden: !this.whole, 'aria-labelledby': 'name', onkeydown: (e) => this.key(e), onfocusout: (e) => this.left(e) },
      h('div', { class: 'head' }, h('span', { class: 'face' }, icon('chat')), h('div', { class: 'title' }, this.name, this.sub), this.menu(),
        !this.whole && tool('fold', say.close, () => this.close())),
      this.bar, this.cut, h('div', { class: 'middle' }, this.log.box, this.log.jump), this.writer.box)
    if (!this.whole) this.panel.setAttribute('role', 'dialog')
    const frame = h('div', { class: 'root', lang: this.lang_ }, this.live, this.panel)
    if (!this.whole) {
      frame.prepend(this.launcher)
      frame.setAttribute('role', 'region')
      frame.setAttribute('aria-label', say.chat)
    }
    this.root.append(frame)
    const view = window.visualViewport // shrinks when a phone shows its keyboard
    if (view) view.addEventListener('resize', () => view.scale === 1 && this.style.setProperty('--view', view.height + 'px'))
  }

  menu() {
    const { say } = this
    const item = (shape, text, act) => h('button', { type: 'button', onclick: act }, icon(shape), h('span', {}, text))
    const way = (href, text, more) => h('a', { href, ...more }, icon('page'), h('span', {}, text))
    this.more = tool('menu', say.menu, () => this.unfold(this.items.hidden), { 'aria-expanded': 'false' })
    this.items = h('div', { class: 'items', hidden: true },
      item('save', say.save, () => (this.unfold(false), this.download('transcript', 'spravka.txt', say.saved))),
      this.whole ? way('?lang=' + (this.lang_ === 'ru' ? 'en' : 'ru'), say.lang) : way(this.base.slice(0, -1) + '?lang=' + this.lang_, say.page, { target: '_blank', rel: 'noopener' }),
      (this.bin = item('bin', say.forget, () => this.forget())))
    return h('div', { class: 'menu', onfocusout: (e) => e.relatedTarget && !e.currentTarget.contains(e.relatedTarget) && this.unfold(false) }, this.more, this.items)
  }

  unfold(yes) {
    this.items.hidden = !yes
    this.more.setAttribute('aria-expanded', String(yes))
    this.sure = false
    this.bin.lastChild.textContent = this.say.forget
  }

  // begin connects a known visitor. Whoever has not written yet is not known, not even to this browser.
  async begin() {
    if (!this.store.get('token') && this.home && (this.whole || this.hasAttribute('open'))) await this.adopt()
    for (const item of this.outbox.items) this.log.wait(item)
    if (this.outbox.items.length) this.outbox.pump()
    this.link.start()
    if (this.whole) this.greet()
    else if (this.hasAttribute('open')) this.open()
  }

  // adopt takes over the conversation of the page without script.
  async adopt() {
    try {
      const { token } = await this.link.call('session')
      if (token && !this.store.get('token')) this.store.set('token', token)
    } catch {}
  }

  async open() {
    if (!this.panel.hidden) return
    this.launcher.hidden = true
    this.panel.hidden = false
    this.log.end()
    ;(matchMedia('(pointer: coarse)').matches ? this.panel : this.writer.text).focus()
    this.seen()
    if (!this.store.get('token') && this.home) await this.adopt()
    this.link.start()
    this.greet()
  }

  close(stay) {
    this.unfold(false)
    this.panel.hidden = true
    this.launcher.hidden = false
    if (!stay) this.launcher.focus()
  }

  key(e) {
    if (e.key !== 'Escape' || e.isComposing) return
    e.stopPropagation()
    if (!this.items.hidden) {
      this.unfold(false)
      this.more.focus()
    } else if (!this.whole) this.close()
  }

  // left folds a panel that covers the whole screen once the focus goes on to the page behind it.
  left(e) {
    if (!this.whole && e.relatedTarget && !this.root.contains(e.relatedTarget) && matchMedia('(max-width: 30em)').matches) this.close(true)
  }

  // greet shows the greeting in an empty chat; the server stores it with the first message.
  async greet() {
    this.writer.grow()
    if (this.greeted) return
    this.greeted = true
    try {
      const { name, greeting } = await this.link.call('hello')
      if (!this.hasAttribute('name')) this.name.textContent = name
      if (!greeting || this.begun || this.store.get('token') || this.outbox.items.length) return
      this.shown = true
      this.log.quiet = false
      this.log.entry({ author: 'bot', at: Date.now(), ...greeting })
      this.log.offer(greeting.buttons || [])
    } catch {
      this.greeted = false
      this.status(false)
    }
  }

  entry(e) {
    const again = this.shown // the greeting, now out of the history
    if (again) this.log.reset()
    this.shown = false
    this.begun = true
    const text = this.log.entry(e)
    if (e.author === 'citizen') return this.log.offer([])
    if (e.buttons) this.log.offer(e.buttons)
    if (e.name) {
      this.operator = e.name
      this.state(this.now)
    }
    if (this.late && !again) this.announce(text + (e.buttons ? `. ${this.say.options}: ` + e.buttons.map((b) => b.label).join(', ') : ''))
    if (e.seq > (this.store.get('read') || 0)) this.news.add(e.seq)
    this.seen()
  }

  // ready says that the history is complete: what comes from now on is new.
  ready() {
    if (this.log.quiet) {
      this.log.quiet = false
      this.log.end()
    }
    this.late = true
    this.outbox.pump()
  }

  state(s) {
    if (!s) return
    const { say } = this
    if (s.owner === 'operator' && (this.now || {}).owner !== s.owner) this.log.offer([]) // what the bot offered is over
    this.now = s
    const waits = s.owner === 'queue'
    this.sub.textContent = waits ? say.isQueue : s.owner === 'operator' ? (this.operator ? say.operator + ': ' + this.operator : say.isOperator) : say.isBot
    this.writer.called(s.owner !== 'bot')
    const place = s.ahead === undefined ? '' : s.ahead ? say.ahead + s.ahead + '. ' : say.next + ' '
    // The bar takes room from the log: who was at its end stays there, or the quick replies would slip out of sight.
    this.log.keep(() => {
      this.bar.hidden = !waits
      this.bar.replaceChildren(icon('clock'), h('span', {}, h('b', {}, say.isQueue + '. '), place, s.wait ? s.wait + ' ' : '', s.ticket ? say.ticket + s.ticket + '. ' : '', say.wait))
    })
  }

  // status shows that the connection is gone, but not every hiccup.
  status(up) {
    clearTimeout(this.alarm)
    if (up && !this.cut.hidden) {
      this.cut.hidden = true
      if (!this.panel.hidden) this.announce(this.say.online)
    }
    if (!up) this.alarm = setTimeout(() => ((this.cut.hidden = false), this.panel.hidden || this.announce(this.say.offline)), 2500)
  }

  hurry() {
    this.greet()
    this.link.wake()
  }

  send(item) {
    item.id = uuid()
    if (!this.store.get('token')) this.late = true // there is no history to be read in silence
    this.log.quiet = false
    this.writer.text.focus()
    this.log.offer([])
    this.log.wait(item)
    this.outbox.add(item)
    if (!this.now || this.now.owner === 'bot') setTimeout(() => this.log.pending.has(item.id) && !this.cut.offsetHeight && this.log.typing(true), 500)
  }

  sent(item) {
    this.log.fate(item.id, '')
    this.writer.error('')
  }

  async download(path, name, done) {
    try {
      await this.link.session()
      saveAs(await this.link.call(path, { raw: true, wait: 60000 }), name)
      if (done) this.announce(done)
    } catch (e) {
      this.writer.error(e.final ? e.message : this.say.failed)
    }
  }

  // forget takes the conversation off this device; it asks for a second press.
  async forget() {
    if (!this.sure) {
      this.sure = true
      return void (this.bin.lastChild.textContent = this.say.forgetSure)
    }
    this.unfold(false)
    this.writer.text.focus()
    if (this.home) await this.link.call('session', { method: 'DELETE' }).catch(() => {})
    this.store.clear()
    this.anew()
  }

  anew() {
    this.link.reset()
    this.log.pending.clear()
    this.log.reset()
    this.news.clear()
    this.log.quiet = true
    this.greeted = this.begun = this.shown = this.late = false
    this.state({ owner: 'bot' })
    this.seen()
    this.greet()
  }

  // seen counts what is unread; all tabs share how far the citizen has read.
  seen() {
    const read = this.store.get('read') || 0
    if (this.news.size && !this.panel.hidden && document.visibilityState === 'visible') {
      const last = Math.max(read, ...this.news)
      if (last > read) this.store.set('read', last)
      this.news.clear()
    }
    for (const seq of this.news) if (seq <= read) this.news.delete(seq)
    const n = this.news.size
    this.badge.hidden = !n
    this.badge.replaceChildren(h('span', { class: 'hush' }, this.say.unread), n > 99 ? '99+' : n)
  }

  announce(text) {
    const line = h('p', {}, text)
    this.live.append(line)
    setTimeout(() => line.remove(), 10000)
  }

  // handleEvent hears what happens outside: other tabs, the network, this tab's coming to the front.
  handleEvent(e) {
    if (e.type !== 'storage') {
      this.link.wake()
      return this.seen()
    }
    if (e.key === this.store.prefix + 'read') this.seen()
    if (e.key !== this.store.prefix + 'token') return
    if (e.oldValue) this.anew()
    this.link.start()
  }
}

customElements.define('spravka-chat', SpravkaChat)
