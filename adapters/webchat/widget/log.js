const NEAR = 80 // pixels from the end within which the log keeps to its end

// Log shows the conversation: what the server has, then what is still on its way, then the quick replies.
class Log {
  constructor(say, lang, on) {
    Object.assign(this, { say, lang, on, quiet: true, stay: true, pending: new Map() })
    this.list = h('ol', { role: 'list' })
    this.dots = h('div', { class: 'dots', hidden: true, 'aria-hidden': 'true' }, h('i'), h('i'), h('i'), h('span', {}, say.types))
    this.quick = h('div', { class: 'quick', role: 'group', 'aria-label': say.options, hidden: true })
    this.box = h('div', { class: 'log', role: 'region', 'aria-label': say.log, tabIndex: 0, onscroll: () => (this.stay = this.atEnd) && (this.jump.hidden = true) }, this.list, this.dots, this.quick)
    this.jump = h('button', { type: 'button', class: 'jump', hidden: true, onclick: () => this.end() }, icon('fold'), say.newer)
    this.clock = new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit' })
    new ResizeObserver(() => this.stay && this.end()).observe(this.box)
    this.date = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'long' })
  }

  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.box
    return scrollHeight - scrollTop - clientHeight < NEAR
  }

  end() {
    this.stay = true
    this.box.scrollTop = this.box.scrollHeight
    this.jump.hidden = true
  }

  // keep runs a change and stays at the end if the reader was there.
  keep(change) {
    change()
    if (this.quiet) return
    if (this.stay) this.end()
    else this.jump.hidden = false
  }

  reset() {
    this.list.replaceChildren(...this.pending.values())
    this.day = this.last = null
    this.offer([])
  }

  speaker(e) {
    return e.author === 'operator' && e.name ? e.name : this.say[e.author]
  }

  // entry adds a line of the history and returns it as text.
  entry(e) {
    const at = new Date(e.at)
    const mine = this.pending.get(e.id)
    const li = this.line(e, e.author === 'citizen' ? e.text && [h('p', {}, e.text)] : marked(e.text || ''), at)
    this.keep(() => {
      if (mine) mine.remove()
      this.pending.delete(e.id)
      const before = this.pending.values().next().value || null
      const day = at.toDateString()
      if (day !== this.day) this.list.insertBefore(h('li', { class: 'day' }, this.dayName(at)), before)
      this.day = day
      this.list.insertBefore(li, before)
      if (e.author !== 'citizen') this.typing(false)
    })
    return li.text
  }

  dayName(at) {
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86400000)
    return days === 0 ? this.say.today : days === 1 ? this.say.yesterday : this.date.format(at)
  }

  line(e, body, at) {
    const name = this.speaker(e)
    const first = this.last !== e.author + name
    this.last = e.author + name
    const who = h('span', { class: 'who' }, (e.author === 'bot' || e.author === 'operator') && h('span', { class: 'face' }, icon(e.author === 'bot' ? 'chat' : 'person')), name, h('span', { class: 'hush' }, ': '))
    const bubble = h('div', { class: 'bubble' }, ...(body || []), ...(e.files || []).map((f) => this.file(f)))
    if (at) bubble.append(h('time', { datetime: at.toISOString() }, this.clock.format(at)))
    const li = h('li', { class: e.author + (first ? ' first' : '') }, who, bubble)
    li.text = name + ': ' + bubble.textContent.slice(0, at ? -this.clock.format(at).length : undefined)
    return li
  }

  file(f) {
    const label = [icon('file'), h('span', {}, f.name), h('small', {}, sizeOf(f.size, this.say, this.lang))]
    if (!f.id) return h('span', { class: 'file' }, ...label)
    return h('button', { type: 'button', class: 'file', onclick: () => this.on.download(f) }, ...label)
  }

  // wait shows a message that the server does not have yet.
  wait(item) {
    if (this.pending.has(item.id)) return
    const li = this.line({ author: 'citizen', files: item.show.files }, item.show.text ? [h('p', {}, item.show.text)] : [])
    li.fate = h('div', { class: 'fate' }, this.say.sending)
    li.append(li.fate)
    this.pending.set(item.id, li)
    this.list.append(li)
    this.end()
  }

  // fate tells how sending goes.
  fate(id, text, retry) {
    const li = this.pending.get(id)
    if (!li) return
    li.classList.toggle('late', !!retry)
    this.keep(() => li.fate.replaceChildren(...(retry ? [icon('warn'), text, h('button', { type: 'button', class: 'link', onclick: retry }, this.say.retry)] : [text])))
  }

  drop(id) {
    const li = this.pending.get(id)
    if (li) li.remove()
    this.pending.delete(id)
    this.last = null
  }

  // offer shows quick replies in place of the former ones. Focus must not vanish with a button.
  offer(buttons) {
    if (this.quick.contains(this.quick.getRootNode().activeElement)) this.on.focus()
    this.keep(() => {
      this.quick.replaceChildren(...buttons.map((b) => h('button', { type: 'button', onclick: () => this.on.press(b) }, b.label)))
      this.quick.hidden = !buttons.length
    })
  }

  typing(on) {
    clearTimeout(this.dotsOff)
    if (this.dots.hidden !== !on) this.keep(() => (this.dots.hidden = !on))
    if (on) this.dotsOff = setTimeout(() => this.typing(false), 6000)
  }
}
