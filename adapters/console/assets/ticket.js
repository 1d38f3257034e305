// A ticket: new lines arrive by themselves, forms are sent without leaving the page. What somebody writes is never
// redrawn.
import { Live } from './live.js';
import { fragment, swap, swapParts, announce, note } from './swap.js';
import { alerts } from './alerts.js';
import { canned, people } from './combo.js';

export function ticket() {
  const page = document.querySelector('.case');
  const box = document.getElementById('reply-text');
  if ('follow' in page.dataset) {
    new Live(page.dataset.live, page.dataset.after, {
      ticket: ({ lines, parts }) => {
        if (lines) append(fragment(lines));
        if (parts) renew(parts);
      },
      marks: showMarks,
      present: ({ html }) => swap(document.getElementById('present'), document.importNode(fragment(html).firstElementChild, true)),
      typing: showTyping,
      alerts,
    }, { restWhenHidden: false });
    showEnd();
  }
  document.addEventListener('submit', (e) => {
    if (!page.contains(e.target) || 'plain' in e.target.dataset) return;
    e.preventDefault();
    send(e.target, e.submitter);
  });
  for (const field of [box, document.getElementById('note-text')]) {
    field.addEventListener('keydown', (e) => {
      if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return;
      e.preventDefault();
      const button = field === box ? document.getElementById('do-reply') : field.form.querySelector('button');
      if (button.disabled) announce(document.getElementById('why').textContent);
      else field.form.requestSubmit(button);
    });
    field.addEventListener('input', () => typing(page, field.dataset.typing));
  }
  for (const panel of document.querySelectorAll('.panel')) {
    panel.addEventListener('toggle', () => { if (panel.open) panel.scrollIntoView({ block: 'nearest' }); });
  }
  canned(box, page.dataset.canned);
  people(document.getElementById('note-text'));
}

// renew takes newer parts into the page; the forms then speak of the ticket as it is shown now.
function renew(source) {
  swapParts(source);
  const fence = document.getElementById('part-actions').dataset.fence;
  for (const field of document.querySelectorAll('[data-fence][name]')) field.value = fence;
}

const typed = {}; // when it was last said, by what is written

function typing(page, what) {
  if (Date.now() - (typed[what] ?? 0) < 3000) return;
  typed[what] = Date.now();
  fetch(page.dataset.typing, { method: 'POST', body: new URLSearchParams({ what }) }).catch(() => {}); // nobody misses it
}

let quiet;

function showTyping() {
  const line = document.getElementById('citizen-typing');
  line.hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => { line.hidden = true; }, 6000);
}

function showMarks(marks) {
  for (const place of document.querySelectorAll('[data-mark]')) {
    const html = marks[place.dataset.mark] || '';
    place.replaceChildren(...fragment(html).childNodes);
  }
}

// append adds lines that are not there yet, and a new day before the first of its lines.
function append(lines) {
  const talk = document.getElementById('talk');
  const atEnd = nearEnd(talk.closest('.scroll'));
  let day;
  for (const line of lines.querySelectorAll('li.day, li.said')) {
    if (line.matches('.day')) {
      day = line;
      continue;
    }
    if (document.getElementById(line.id)) continue;
    if (day && day.dataset.day !== lastDay(talk)) talk.append(document.importNode(day, true));
    talk.append(document.importNode(line, true));
    talk.lastElementChild.classList.add('arrived');
    if (line.matches('.citizen')) document.getElementById('citizen-typing').hidden = true;
    if (line.dataset.announce) announce(line.dataset.announce);
  }
  if (atEnd) showEnd();
}

const lastDay = (talk) => [...talk.querySelectorAll('.day')].pop()?.dataset.day;

const ownScroll = (scroll) => getComputedStyle(scroll).overflowY === 'auto';

function nearEnd(scroll) {
  if (ownScroll(scroll)) return scroll.scrollTop > -60; // it counts from its end
  const end = document.getElementById('talk').lastElementChild;
  return !end || end.getBoundingClientRect().top < innerHeight;
}

function showEnd() {
  const scroll = document.querySelector('.scroll');
  if (ownScroll(scroll)) scroll.scrollTop = 0;
}

let busy = false;

async function send(form, button) {
  if (busy) return;
  busy = true;
  const parts = document.getElementById('part-actions');
  parts.setAttribute('aria-busy', 'true');
  try {
    const fields = new FormData(form, button);
    const answer = await fetch(form.getAttribute('action'), { // form.action are the buttons of that name
      method: 'POST', body: form.enctype === 'multipart/form-data' ? fields : new URLSearchParams(fields),
    });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (page.body.dataset.page === 'ticket') arrived(page, answer.ok, form, button);
    else strange(page);
  } catch {
    note('wrong', document.getElementById('announcer').dataset.unsent);
  } finally {
    busy = false;
    document.getElementById('part-actions').removeAttribute('aria-busy');
  }
}

// arrived takes what the server answered into the page. A text goes only once it has been sent.
function arrived(page, ok, form, button) {
  renew(page);
  const said = page.getElementById('notice').textContent.trim() || page.querySelector('.wrong-line')?.textContent;
  if (said) announce(said);
  const talk = page.getElementById('talk');
  if (talk && 'follow' in document.querySelector('.case').dataset) append(talk);
  const notes = form.id === 'note';
  const field = document.getElementById(notes ? 'note-text' : 'reply-text');
  showWrong(page, field);
  if (button.name === 'canned') {
    field.value = page.getElementById(field.id).value;
    document.getElementById('canned-box').open = false;
    return field.focus();
  }
  if (!ok) return field.focus();
  field.form.elements.key.value = page.querySelector(`#${field.form.id} [name=key]`).value;
  if (notes || ['reply', 'ask', 'ask_file', 'resolve'].includes(button.value)) {
    field.value = '';
    if (!notes) field.form.elements.files.value = '';
    showEnd();
  }
  if (button.value === 'transfer') document.getElementById('pass-note').value = '';
  for (const panel of document.querySelectorAll('.panels details[open]')) panel.open = false;
  if (!['return', 'resolve', 'transfer', 'release', 'merge'].includes(button.value)) field.focus({ preventScroll: true });
}

function showWrong(page, box) {
  const fresh = page.getElementById(box.id);
  for (const name of ['aria-invalid', 'aria-describedby']) {
    if (fresh.hasAttribute(name)) box.setAttribute(name, fresh.getAttribute(name));
    else box.removeAttribute(name);
  }
  const id = box.id.replace('-text', '-wrong');
  document.getElementById(id)?.remove();
  const wrong = page.getElementById(id);
  if (wrong) box.parentElement.after(document.importNode(wrong, true));
}

// strange is an answer that is no ticket: the session has ended, or the server says what is wrong on a page of its own.
function strange(page) {
  if (page.body.dataset.page === 'login') note('wrong', document.getElementById('announcer').dataset.ended);
  else if (page.body.dataset.page === 'return' || page.body.dataset.page === 'take') location.reload();
  else note('wrong', page.querySelector('main p')?.textContent || document.getElementById('announcer').dataset.unsent);
}
