// Swaps parts of a page for newer ones. The server draws them; focus and open details stay where they were.

// fragment makes nodes of HTML that our own server has drawn.
export function fragment(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content;
}

// swap puts a newer version in the place of the element.
export function swap(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : '';
  old.replaceWith(fresh);
  if (!focused) return;
  const again = document.getElementById(focused);
  if (again && !again.disabled) again.focus({ preventScroll: true });
  else focusNear(fresh);
}

// focusNear puts the focus where the vanished one was, so that the keyboard does not fall back to the top of the page.
function focusNear(part) {
  const next = part.querySelector('button:not(:disabled), a[href]') || document.getElementById('reply-text');
  if (next) next.focus({ preventScroll: true });
}

// swapParts takes the marked parts of another document, or of a map from name to HTML, into this page.
export function swapParts(source) {
  for (const old of document.querySelectorAll('[data-part]')) {
    const name = old.dataset.part;
    const fresh = source instanceof Document
      ? source.querySelector(`[data-part="${name}"]`)
      : source[name] && fragment(source[name]).firstElementChild;
    if (fresh) swap(old, document.importNode(fresh, true));
  }
}

// announce says something through the one live region of the page.
let clearing;
export function announce(text) {
  const region = document.getElementById('announcer');
  const line = document.createElement('p');
  line.textContent = text.slice(0, 300);
  region.append(line);
  clearTimeout(clearing);
  clearing = setTimeout(() => region.replaceChildren(), 10000);
}

// note shows a notice above the page.
export function note(kind, text) {
  const line = document.createElement('p');
  line.className = `notice ${kind}`;
  line.tabIndex = -1;
  line.textContent = text;
  document.getElementById('notice').replaceChildren(line);
  announce(text);
}
