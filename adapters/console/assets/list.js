// The list of tickets: rows come and go by themselves, j and k move through them.
import { Live } from './live.js';
import { fragment, announce } from './swap.js';

export function list() {
  const table = document.querySelector('table.tickets');
  const body = document.getElementById('rows');
  new Live(table.dataset.live, table.dataset.after, { list: (event) => update(body, event) });
  moveByKeys(body);
}

function update(body, { order, rows, count }) {
  const focused = body.contains(document.activeElement) ? document.activeElement.id : '';
  const at = focused ? rowsOf(body).findIndex((row) => row.contains(document.activeElement)) : -1;
  const wanted = new Set(order.map((number) => `t-${number}`));
  for (const row of rowsOf(body)) if (!wanted.has(row.id)) row.remove();
  let place = body.firstElementChild;
  for (const number of order) {
    let row = document.getElementById(`t-${number}`);
    if (rows[number]) {
      const fresh = document.importNode(fragment(`<table><tbody>${rows[number]}</tbody></table>`).querySelector('tr'), true);
      if (!row) {
        fresh.classList.add('arrived');
        announce(fresh.dataset.announce);
      }
      if (row && row === place) place = fresh;
      if (row) row.replaceWith(fresh);
      row = fresh;
    }
    if (!row) continue;
    if (row === place) place = place.nextElementSibling;
    else body.insertBefore(row, place);
  }
  document.querySelector('[data-count]').textContent = count;
  if (focused && document.activeElement === document.body) {
    const again = document.getElementById(focused) || rowsOf(body)[Math.min(at, order.length - 1)]?.querySelector('.open');
    (again || document.getElementById('main')).focus({ preventScroll: true });
  }
}

const rowsOf = (body) => [...body.children];

// moveByKeys obeys single letters only while nobody writes, and only while they are switched on: speech input and
// unsteady hands set them off by accident.
function moveByKeys(body) {
  const box = document.querySelector('[data-keys]');
  box.checked = localStorage.getItem('console.keys') !== 'off';
  box.addEventListener('change', () => localStorage.setItem('console.keys', box.checked ? 'on' : 'off'));
  document.addEventListener('keydown', (e) => {
    const step = { j: 1, k: -1, о: 1, л: -1 }[e.key]; // the same keys on a Russian keyboard
    if (!step || !box.checked || e.ctrlKey || e.altKey || e.metaKey || e.target.closest('input, select, textarea')) return;
    const rows = rowsOf(body);
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.contains(document.activeElement));
    const next = now < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + step));
    rows[next].querySelector('.open').focus();
    e.preventDefault();
  });
}
