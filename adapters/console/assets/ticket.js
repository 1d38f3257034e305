// A ticket: new lines arrive by themselves, forms are sent without leaving the page. The reply box is never redrawn.
import { Live } from './live.js';
import { fragment, swapParts, announce, note } from './swap.js';

export function ticket() {
  const page = document.querySelector('.case');
  const box = document.getElementById('reply-text');
  if ('follow' in page.dataset) {
    new Live(page.dataset.live, page.dataset.after, {
      ticket: ({ lines, parts }) => {
        if (lines) append(fragment(lines));
        if (parts) swapParts(parts);
      },
    }, { restWhenHidden: true });
    showEnd();
  }
  document.addEventListener('submit', (e) => {
    if (!page.contains(e.target)) return;
    e.preventDefault();
    send(e.target, e.submitter);
  });
  box.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return;
    e.preventDefault();
    const button = document.getElementById('do-reply');
    if (button.disabled) announce(document.getElementById('why').textContent);
    else box.form.requestSubmit(button);
  });
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
    const answer = await fetch(form.getAttribute('action'), { // form.action are the buttons of that name
      method: 'POST', body: new FormData(form, button),
    });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (page.body.dataset.page === 'ticket') arrived(page, answer.ok, button.value);
    else strange(page);
  } catch {
    note('wrong', document.getElementById('announcer').dataset.unsent);
  } finally {
    busy = false;
    document.getElementById('part-actions').removeAttribute('aria-busy');
  }
}

// arrived takes what the server answered into the page. The text goes only once it has been sent.
function arrived(page, ok, action) {
  swapParts(page);
  const said = page.getElementById('notice').textContent.trim() || page.getElementById('reply-wrong')?.textContent;
  if (said) announce(said);
  const talk = page.getElementById('talk');
  if (talk && 'follow' in document.querySelector('.case').dataset) append(talk);
  const form = document.getElementById('reply');
  showWrong(page);
  if (!ok) return form.elements.text.focus();
  form.elements.key.value = page.querySelector('#reply [name=key]').value;
  if (action === 'reply' || action === 'ask') {
    form.elements.text.value = '';
    form.elements.files.value = '';
    showEnd();
  }
  if (action !== 'return' && action !== 'resolve') form.elements.text.focus({ preventScroll: true });
}

function showWrong(page) {
  const box = document.getElementById('reply-text');
  const fresh = page.getElementById('reply-text');
  for (const name of ['aria-invalid', 'aria-describedby']) {
    if (fresh.hasAttribute(name)) box.setAttribute(name, fresh.getAttribute(name));
    else box.removeAttribute(name);
  }
  document.getElementById('reply-wrong')?.remove();
  const wrong = page.getElementById('reply-wrong');
  if (wrong) box.after(document.importNode(wrong, true));
}

// strange is an answer that is no ticket: the session has ended, or the server says what is wrong on a page of its own.
function strange(page) {
  if (page.body.dataset.page === 'login') note('wrong', document.getElementById('announcer').dataset.ended);
  else note('wrong', page.querySelector('main p')?.textContent || document.getElementById('announcer').dataset.unsent);
}
