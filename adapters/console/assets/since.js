// Counts how long ago something was, as moments.go does.
export function since(from, now, units) {
  const minutes = Math.floor((now - from) / 60000);
  const hours = Math.floor(minutes / 60) % 24;
  const days = Math.floor(minutes / 1440);
  const parts = (...all) => all.filter(([n], i) => n > 0 || i === 0).map(([n, unit]) => `${n} ${units[unit]}`).join(' ');
  if (minutes < 1) return `<1 ${units[0]}`;
  if (minutes < 60) return parts([minutes, 0]);
  if (days < 1) return parts([hours, 1], [minutes % 60, 0]);
  return parts([days, 2], [hours, 1]);
}

// count keeps all times marked data-since, and all terms marked data-due, right.
export function count() {
  const page = document.body.dataset;
  const units = page.units.split(' ');
  const ahead = Date.parse(page.now) - Date.now(); // the server's clock decides, not the browser's
  const off = Math.abs(ahead) > 5000 ? ahead : 0;
  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  const tick = () => {
    const now = Date.now() + off;
    for (const time of document.querySelectorAll('time[data-since]')) put(time, since(Date.parse(time.dateTime), now, units));
    for (const badge of document.querySelectorAll('[data-due]')) {
      const due = Date.parse(badge.dataset.due);
      const state = now > due ? 'late' : due - now < soon ? 'soon' : 'left';
      put(badge, page[state].replace('{time}', state === 'late' ? since(due, now, units) : since(now, due, units)));
      badge.classList.toggle('danger', state === 'late');
      badge.classList.toggle('careful', state === 'soon');
    }
  };
  setInterval(tick, 5000);
}

const soon = 10 * 60 * 1000; // list.go has the same
