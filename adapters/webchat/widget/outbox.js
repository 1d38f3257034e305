// Outbox keeps what the citizen has sent until the server has it, one after another, through reloads and lost connections.
// The server handles each id once, so sending again is harmless.
class Outbox {
  constructor(link, store, on) {
    Object.assign(this, { link, store, on })
  }

  get items() {
    return this.store.get('outbox') || []
  }

  add(item) {
    this.store.set('outbox', [...this.items, item])
    this.pump()
  }

  remove(id) {
    const left = this.items.filter((i) => i.id !== id)
    this.store.set('outbox', left.length ? left : undefined)
  }

  async pump() {
    if (this.busy) return
    this.busy = true
    for (let tries = 0, item; (item = this.items[0]); ) {
      try {
        const { show, ...frame } = item
        await this.link.deliver(frame)
        this.remove(item.id)
        this.on.sent(item)
        tries = 0
      } catch (e) {
        if (e.final && e.code !== 'bad_token') {
          this.remove(item.id)
          this.on.refused(item, e)
        } else {
          if (tries++) this.on.late(item, e)
          await this.link.nap(e.wait || backoff(tries))
        }
      }
    }
    this.busy = false
  }
}
