const MAX_TEXT = 4000

// Writer is the form under the log.
class Writer {
  constructor(say, link, on) {
    Object.assign(this, { say, on })
    this.tray = new Tray(link, say, {
      error: (text) => this.error(text),
      announce: on.announce,
      done: (f) => (this.note.textContent === say.loading && this.error(''), on.announce(say.uploaded + f.name)),
      dropped: () => (this.error(''), this.text.focus()),
    })
    this.text = h('textarea', {
      rows: 1, placeholder: say.ask, 'aria-label': say.message, 'aria-describedby': 'error', enterkeyhint: 'send',
      oninput: () => (this.grow(), link.typing()),
      onkeydown: (e) => e.key === 'Enter' && !e.shiftKey && !e.isComposing && (e.preventDefault(), this.submit()),
      onpaste: (e) => e.clipboardData.files.length && (e.preventDefault(), this.tray.add(e.clipboardData.files)),
    })
    this.pick = h('input', {
      type: 'file', multiple: true, accept: 'image/jpeg,image/png,application/pdf', hidden: true,
      onchange: () => (this.error(''), this.tray.add(this.pick.files), (this.pick.value = '')),
    })
    this.note = h('p', { class: 'error', id: 'error', hidden: true })
    this.human = h('button', { type: 'button', class: 'human', onclick: () => this.human.ariaDisabled !== 'true' && on.human() }, icon('person'), h('span', {}, say.human))
    this.box = h('div', { class: 'writer' },
      this.tray.box, this.note,
      h('div', { class: 'field' },
        tool('clip', say.attach, () => this.pick.click()),
        this.pick, this.text,
        tool('send', say.send, () => this.submit(), { class: 'send' })),
      this.human)
  }

  grow() {
    this.text.style.height = 'auto'
    this.text.style.height = this.text.scrollHeight + 'px'
    if (!this.note.hidden) this.error(this.excess > 0 ? this.say.tooLong + this.excess : '')
  }

  get excess() {
    return [...this.text.value.trim()].length - MAX_TEXT
  }

  // error shows what is wrong next to the field and tells it once; an empty text takes it away.
  error(text) {
    const told = this.note.textContent
    this.note.textContent = text
    this.note.hidden = !text
    this.text.ariaInvalid = this.excess > 0 ? 'true' : null
    if (text && !told) this.on.announce(text)
  }

  submit() {
    const text = this.text.value.trim()
    if (this.excess > 0) return this.error(this.say.tooLong + this.excess)
    if (this.tray.loading) return this.error(this.say.loading)
    const files = this.tray.empty()
    this.error('')
    this.text.focus()
    if (!text && !files.length) return
    this.text.value = ''
    this.grow()
    this.on.send(text, files)
  }

  // giveBack puts a refused text back into the empty field.
  giveBack(text, why) {
    if (text && !this.text.value) {
      this.text.value = text
      this.grow()
    }
    this.error(why)
  }

  called(yes) {
    this.human.ariaDisabled = String(yes)
    this.human.lastChild.textContent = yes ? this.say.humanCalled : this.say.human
  }
}
