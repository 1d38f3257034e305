// What an operator should hear of wherever they are: a short sound, the title of a tab that nobody looks at, a line in the
// corner. Of several tabs only one sounds.
import { wants } from './preferences.js';
import { announce } from './swap.js';

const heard = new Set();
const title = document.title;
let unseen = 0;
let blinking;
let audio;

export function alerts({ alerts: all, tabs }) {
  counts(tabs);
  const here = location.pathname;
  for (const alert of all) {
    if (heard.has(alert.id)) continue;
    heard.add(alert.id);
    if (heard.size > 500) heard.delete(heard.values().next().value);
    const looking = !document.hidden && new URL(alert.url, location.href).pathname === here;
    if (looking) continue;
    if (!document.querySelector('table.tickets:not([data-still])')) { // a list shows it by itself
      toast(alert);
      announce(alert.text);
    }
    if (wants('sound')) ring(alert.id);
    if (document.hidden && wants('title')) flash(alert.text);
  }
}

// counts keeps the numbers beside the views right.
export function counts(tabs) {
  for (const [view, n] of Object.entries(tabs || {})) {
    for (const place of document.querySelectorAll(`[data-count="${view}"]`)) {
      place.textContent = n;
      if (view === 'mentions') place.classList.toggle('alarm', n > 0);
    }
  }
}

function toast(alert) {
  const corner = document.getElementById('toasts');
  if (!corner) return;
  const line = document.createElement('a');
  line.href = alert.url;
  line.className = `toast ${alert.kind}`;
  line.textContent = alert.text;
  corner.append(line);
  while (corner.children.length > 4) corner.firstElementChild.remove();
  setTimeout(() => { if (line !== document.activeElement) line.remove(); }, 15000);
}

function flash(text) {
  unseen++;
  clearInterval(blinking);
  let on = false;
  const change = () => {
    on = !on;
    document.title = on ? `(${unseen}) ${text}` : title;
  };
  change();
  blinking = setInterval(change, 1500);
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  clearInterval(blinking);
  unseen = 0;
  document.title = title;
});

// Browsers let a page sound only after somebody has used it.
for (const name of ['keydown', 'pointerdown']) {
  addEventListener(name, () => { if (wants('sound')) audio ??= new AudioContext(); }, { once: true, capture: true });
}

function ring(id) {
  if (localStorage.getItem('console.rang') === id) return;
  localStorage.setItem('console.rang', id);
  if (!audio || audio.state !== 'running') return;
  for (const [at, pitch] of [[0, 660], [0.16, 880]]) {
    const tone = new OscillatorNode(audio, { type: 'sine', frequency: pitch });
    const volume = new GainNode(audio, { gain: 0 });
    const from = audio.currentTime + at;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.12, from + 0.02);
    volume.gain.linearRampToValueAtTime(0, from + 0.14);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.15);
  }
}
