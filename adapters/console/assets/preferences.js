// What each browser remembers of its user's wishes: keys, sound, title. Everything is on until it is switched off.
export const wants = (name) => localStorage.getItem(`console.${name}`) !== 'off';

export function preferences() {
  for (const box of document.querySelectorAll('[data-preference]')) {
    box.checked = wants(box.dataset.preference);
    box.addEventListener('change', () => localStorage.setItem(`console.${box.dataset.preference}`, box.checked ? 'on' : 'off'));
  }
  const help = document.getElementById('help');
  const open = document.getElementById('help-open');
  if (!help || !open) return;
  open.addEventListener('click', () => help.showModal());
  help.addEventListener('click', (e) => { if (e.target === help) help.close(); });
}
