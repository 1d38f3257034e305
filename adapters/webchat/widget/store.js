// Store keeps the visitor's token, unsent messages and what was read, for all tabs of this site. Nothing is written before
// the citizen writes. Where the browser forbids storing, the chat works until the page is left.
class Store {
  constructor(base) {
    this.prefix = 'spravka:' + base + ':'
    this.memory = {}
  }

  get(name) {
    try {
      const text = localStorage.getItem(this.prefix + name)
      if (text !== null) return JSON.parse(text)
    } catch {}
    return this.memory[name]
  }

  set(name, value) {
    this.memory[name] = value
    try {
      if (value === undefined) localStorage.removeItem(this.prefix + name)
      else localStorage.setItem(this.prefix + name, JSON.stringify(value))
    } catch {}
  }

  clear() {
    for (const name of ['token', 'outbox', 'read']) this.set(name)
  }
}
