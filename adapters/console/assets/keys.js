// Single keys, wherever nobody writes. They go by their place on the keyboard, so they are the same in every layout, and
// can be switched off: speech input and unsteady hands set them off by accident (WCAG 2.1.4).
import { wants } from './preferences.js';

const places = { KeyM: 'mine', KeyU: 'unassigned', KeyG: 'group', KeyA: 'all', KeyN: 'mentions', KeyS: 'solved' };
const sequence = 1500; // ms between g and what follows
let going = 0;

export function keys() {
  document.addEventListener('keydown', (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.isComposing || !wants('keys')) return;
    if (e.target.closest('input, select, textarea, dialog[open]') || document.querySelector('dialog[open]')) return;
    if (obey(e)) e.preventDefault();
  });
}

function obey(e) {
  if (e.key === '?' || (e.shiftKey && e.code === 'Slash')) return press('#help-open');
  if (e.shiftKey) return false;
  if (Date.now() - going < sequence) {
    going = 0;
    const base = document.body.dataset.root;
    if (e.code === 'KeyB' && document.getElementById('go-board')) return press('#go-board');
    if (!places[e.code]) return false;
    location.assign(`${base}tickets?view=${places[e.code]}`);
    return true;
  }
  if (e.key === '/' || e.code === 'Slash') return focus('#q') || (location.assign(`${document.body.dataset.root}tickets#q`), true);
  switch (e.code) {
    case 'KeyG': going = Date.now(); return true;
    case 'KeyJ': return move(1);
    case 'KeyK': return move(-1);
    case 'KeyR': return focus('#reply-text');
    case 'KeyN': return unfold('#note-box', '#note-text');
    case 'KeyT': return press('#do-take');
    case 'KeyU': return press('a.up');
    default: return false;
  }
}

function press(selector) {
  const target = document.querySelector(selector);
  if (!target || target.disabled) return false;
  target.click();
  return true;
}

function focus(selector) {
  const target = document.querySelector(selector);
  target?.focus();
  target?.select?.();
  return Boolean(target);
}

function unfold(box, field) {
  const details = document.querySelector(box);
  if (!details) return false;
  details.open = true;
  return focus(field);
}

// move goes to the next ticket of a list, or the one before.
function move(step) {
  const links = [...document.querySelectorAll('#rows .open, .mentions .open')];
  if (!links.length) return false;
  const now = links.findIndex((link) => (link.closest('tr, li')).contains(document.activeElement));
  const next = now < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, now + step));
  links[next].focus();
  return true;
}
