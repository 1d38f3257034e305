const MAX_FILE = 10 * 1048576
const MAX_FILES = 5

// Tray holds the files of the message that is being written.
class Tray {
  constructor(link, say, on) {
    Object.assign(this, { link, say, on, files: [], box: h('ul', { class: 'tray', role: 'list', hidden: true }) })
  }

  get loading() {
    return this.files.some((f) => !f.id && !f.error)
  }

  // empty gives the uploaded files away.
  empty() {
    const done = this.files.filter((f) => f.id)
    for (const f of this.files) f.row.remove()
    this.files = []
    this.box.hidden = true
    return done
  }

  add(list) {
    for (const file of list) {
      if (this.files.length >= MAX_FILES) return this.on.error(this.say.tooMany)
      this.put(file)
    }
  }

  put(file) {
    const { say } = this
    const bar = h('progress', { max: 1, value: 0, 'aria-label': say.uploading + ': ' + file.name })
    const note = h('span', { class: 'note' }, sizeOf(file.size, say, this.link.lang))
    const drop = tool('close', say.drop + ': ' + file.name, () => this.drop(f))
    const row = h('li', { class: 'chip' }, icon('file'), h('span', { class: 'what' }, h('span', { class: 'name' }, file.name), note, bar), drop)
    const f = { file, row, bar, note, name: file.name, size: file.size }
    this.files.push(f)
    this.box.append(row)
    this.box.hidden = false
    if (file.size > MAX_FILE) this.fail(f, say.tooBig)
    else if (file.type && !/^(image\/(jpeg|png)|application\/pdf)$/.test(file.type)) this.fail(f, say.wrongType)
    else this.send(f)
  }

  drop(f) {
    if (f.xhr) f.xhr.abort()
    this.files = this.files.filter((other) => other !== f)
    f.row.remove()
    this.box.hidden = !this.files.length
    this.on.dropped()
  }

  fail(f, why) {
    f.error = why
    f.bar.remove()
    f.note.textContent = why
    f.row.classList.add('bad')
    this.on.announce(f.name + ': ' + why)
  }

  // send uploads by XMLHttpRequest, because fetch can't tell how far it has come.
  async send(f) {
    const { link, say } = this
    try {
      await link.session()
    } catch (e) {
      return this.fail(f, e.final ? e.message : say.failed)
    }
    const x = (f.xhr = new XMLHttpRequest())
    x.open('POST', link.base + 'api/v1/files?name=' + encodeURIComponent(f.name))
    for (const [k, v] of Object.entries(link.headers())) x.setRequestHeader(k, v)
    x.upload.onprogress = (e) => (f.bar.value = e.loaded / e.total)
    x.onerror = () => this.fail(f, say.failed)
    x.onload = () => {
      let got = {}
      try {
        got = JSON.parse(x.responseText)
      } catch {}
      if (x.status !== 201) return this.fail(f, (got.error && got.error.message) || say.failed)
      f.id = got.file.id
      f.bar.value = 1
      f.row.classList.add('done')
      this.on.done(f)
    }
    x.send(f.file)
  }
}
