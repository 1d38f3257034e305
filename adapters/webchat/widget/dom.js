if (customElements.get('spravka-chat')) return // the page has the script twice

// Where the chat lives: next to this script, unless the element's attribute "base" says otherwise.
const HOME = document.currentScript && new URL('.', document.currentScript.src).href

// h makes an element: strings become attributes, all else properties, functions under on… listeners.
const h = (tag, props, ...kids) => {
  const e = document.createElement(tag)
  for (const [k, v] of Object.entries(props || {})) {
    if (typeof v === 'function') e.addEventListener(k.slice(2), v)
    else if (typeof v === 'string') e.setAttribute(k, v)
    else e[k] = v
  }
  e.append(...kids.filter((kid) => kid != null && kid !== false))
  return e
}

const SHAPES = {
  chat: 'M5 4h14a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-7l-5 4v-4H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3ZM7 9h10M7 12.5h6',
  close: 'M6 6l12 12M18 6 6 18',
  fold: 'M6 9l6 6 6-6',
  menu: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  send: 'M12 19V5M5.5 11.5 12 5l6.5 6.5',
  clip: 'M20 11.5l-8 8a5.3 5.3 0 0 1-7.5-7.5l8.3-8.3a3.5 3.5 0 0 1 5 5l-8.3 8.2a1.8 1.8 0 0 1-2.5-2.5l7.5-7.5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2',
  file: 'M6 3h8l5 5v13H6ZM14 3v5h5',
  save: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  page: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  bin: 'M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13',
  warn: 'M12 4 2.5 20h19ZM12 10v4.5M12 17v.01',
}

// icon draws a shape. Drawn lines look the same everywhere; emoji are boxes where no font has them.
const icon = (name) => {
  const ns = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(ns, 'svg')
  const path = document.createElementNS(ns, 'path')
  path.setAttribute('d', SHAPES[name])
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.append(path)
  return svg
}

// tool is a button that shows a shape and says a word.
const tool = (shape, label, onclick, more) =>
  h('button', { type: 'button', class: 'icon', 'aria-label': label, title: label, onclick, ...more }, icon(shape))

// A UUID also where crypto.randomUUID is missing, as on pages without HTTPS.
const uuid = () => {
  const b = crypto.getRandomValues(new Uint8Array(16))
  b[6] = (b[6] & 15) | 64
  b[8] = (b[8] & 63) | 128
  return [...b].map((x, i) => ([4, 6, 8, 10].includes(i) ? '-' : '') + x.toString(16).padStart(2, '0')).join('')
}

const sizeOf = (bytes, say, lang) => {
  const mega = bytes >= 1048576
  const n = mega ? bytes / 1048576 : Math.max(1, bytes / 1024)
  return n.toLocaleString(lang, { maximumFractionDigits: mega ? 1 : 0 }) + '\u00a0' + (mega ? say.mb : say.kb)
}

// saveAs hands content to the browser as a download.
const saveAs = (blob, name) => {
  const url = URL.createObjectURL(blob)
  h('a', { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60000)
}
