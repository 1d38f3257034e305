// The entry. Pages work without any of this; the modules make them quicker and live.
import { list } from './list.js';
import { ticket } from './ticket.js';
import { count } from './since.js';

document.documentElement.classList.add('js');
count();
if (document.querySelector('table.tickets')) list();
if (document.querySelector('.case')) ticket();
