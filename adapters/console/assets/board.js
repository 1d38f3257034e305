// The supervisor's board: its numbers are drawn by the server and swapped as they change.
import { Live } from './live.js';
import { fragment, swap } from './swap.js';

export function board() {
  const page = document.querySelector('.board');
  new Live(page.dataset.live, page.dataset.after, {
    board: ({ html }) => swap(document.getElementById('numbers'), document.importNode(fragment(html).firstElementChild, true)),
  });
}
