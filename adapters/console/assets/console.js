// The entry. Pages work without any of this; the modules make them quicker and live.
import { list } from './list.js';
import { ticket } from './ticket.js';
import { count } from './since.js';
import { board } from './board.js';
import { keys } from './keys.js';
import { preferences } from './preferences.js';

document.documentElement.classList.add('js');
count();
preferences();
keys();
if (document.querySelector('table.tickets, .mentions')) list();
if (document.querySelector('.case')) ticket();
if (document.querySelector('.board')) board();
