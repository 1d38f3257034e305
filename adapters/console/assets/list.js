// The list of tickets: rows come and go by themselves.
import { Live } from './live.js';
import { fragment, swap, announce } from './swap.js';
import { alerts, counts } from './alerts.js';

export function list() {
  const table = document.querySelector('table.tickets, .mentions');
  const body = document.getElementById('rows');
  const still = 'still' in table.dataset || !body; // what was searched for stays as it is
  new Live(table.dataset.live, table.dataset.after, {
    list: (event) => {
      counts(event.tabs);
      if (!still) update(body, event);
    },
    alerts,
  });
  if (location.hash === '#q') document.getElementById('q').focus();
}

function update(body, { order, rows, pager }) {
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
  swap(document.getElementById('pager'), document.importNode(fragment(pager).firstElementChild, true));
  if (focused && document.activeElement === document.body) {
    const again = document.getElementById(focused) || rowsOf(body)[Math.min(at, order.length - 1)]?.querySelector('.open');
    (again || document.getElementById('main')).focus({ preventScroll: true });
  }
}

const rowsOf = (body) => [...body.children];
