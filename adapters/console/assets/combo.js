// A list that opens while somebody writes: canned replies after a slash, colleagues after an at sign. The text keeps the
// focus; the list is named by aria-activedescendant, as a combobox does it.
import { announce } from './swap.js';

class Combo {
  constructor(field, sign, find) {
    Object.assign(this, { field, sign, find, items: [], at: 0, turn: 0 });
    this.list = document.createElement('ul');
    this.list.className = 'combo-list';
    this.list.id = `${field.id}-list`;
    this.list.setAttribute('role', 'listbox');
    this.list.setAttribute('aria-label', field.labels[0].textContent);
    this.list.hidden = true;
    field.after(this.list);
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', this.list.id);
    field.addEventListener('input', () => this.look());
    field.addEventListener('blur', () => setTimeout(() => this.close(), 200));
    field.addEventListener('keydown', (e) => this.key(e));
    this.list.addEventListener('mousedown', (e) => {
      e.preventDefault();
      const item = e.target.closest('li');
      if (item) this.take(Number(item.dataset.at));
    });
  }

  // word is what stands between the sign and the cursor, or null: the sign must begin the text or follow a space, and no
  // space may follow it, so that «да / нет» opens nothing.
  word() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const from = before.lastIndexOf(this.sign);
    if (from < 0 || (from > 0 && !/\s/.test(before[from - 1]))) return null;
    const word = before.slice(from + 1);
    return word.length > 40 || /^\s|\n/.test(word) ? null : { from, word };
  }

  async look() {
    const place = this.word();
    if (!place) return this.close();
    const turn = ++this.turn;
    const items = (await this.find(place.word.toLowerCase())).slice(0, 8);
    if (turn !== this.turn) return; // more was typed, or one was taken, meanwhile
    if (!items.length) return this.close();
    this.items = items;
    this.show(0);
  }

  show(at) {
    this.at = at;
    this.list.replaceChildren(...this.items.map((item, i) => {
      const line = document.createElement('li');
      line.id = `${this.list.id}-${i}`;
      line.dataset.at = i;
      line.setAttribute('role', 'option');
      line.setAttribute('aria-selected', i === at);
      const title = document.createElement('strong');
      title.textContent = item.title;
      const more = document.createElement('span');
      more.className = 'muted small';
      more.textContent = item.more;
      line.append(title, ' ', more);
      return line;
    }));
    this.list.hidden = false;
    this.field.setAttribute('aria-activedescendant', `${this.list.id}-${at}`);
    this.list.children[at].scrollIntoView({ block: 'nearest' });
  }

  close() {
    this.turn++;
    this.list.hidden = true;
    this.field.removeAttribute('aria-activedescendant');
  }

  key(e) {
    if (this.list.hidden || e.ctrlKey || e.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) this.show((this.at + step + this.items.length) % this.items.length);
    else if (e.key === 'Enter' || e.key === 'Tab') this.take(this.at);
    else if (e.key === 'Escape') this.close();
    else return;
    e.preventDefault();
    e.stopImmediatePropagation();
  }

  take(at) {
    const place = this.word();
    const item = this.items[at];
    this.close();
    if (!place || !item) return;
    this.field.setRangeText(item.text, place.from, this.field.selectionStart, 'end');
    this.field.dispatchEvent(new Event('input', { bubbles: true }));
    this.close();
    if (item.missing) announce(item.missing);
    this.field.focus();
  }
}

// canned offers the replies that are kept ready for this ticket.
export function canned(field, address) {
  let all;
  const load = async () => {
    const answer = await fetch(address);
    return answer.ok ? answer.json() : [];
  };
  new Combo(field, '/', async (word) => {
    all ??= load();
    const found = await all.catch(() => { all = undefined; return []; });
    return found.filter((r) => `${r.title} ${r.text}`.toLowerCase().includes(word.trim()))
      .map((r) => ({ title: r.title, more: r.text.slice(0, 100), text: r.text, missing: r.missing?.join(', ') }));
  });
}

// people offers the colleagues who can be mentioned.
export function people(field) {
  const all = JSON.parse(field.dataset.people);
  new Combo(field, '@', async (word) => all
    .filter((p) => `${p.login} ${p.name}`.toLowerCase().includes(word))
    .map((p) => ({ title: `@${p.login}`, more: p.name, text: `@${p.login} ` })));
}
