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

// count keeps all times marked data-since right.
export function count() {
  const units = document.body.dataset.units.split(' ');
  const tick = () => {
    for (const time of document.querySelectorAll('time[data-since]')) {
      const text = since(Date.parse(time.dateTime), Date.now(), units);
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(tick, 20000);
}
