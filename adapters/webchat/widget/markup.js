// The same expression as in markup.go; a test holds the two together.
const INLINE = /\*\*([^*\n]+)\*\*|\[([^\[\]\n]+)\]\(((?:https:\/\/|tel:|mailto:)[^\s()]+)\)|(https:\/\/[^\s<>"«»()\[\]*]*[^\s<>"«»()\[\]*.,;:!?])/g

// inline turns a line into nodes. Text only ever becomes text, never HTML.
const inline = (line) => {
  const out = []
  let from = 0
  for (const m of line.matchAll(INLINE)) {
    out.push(line.slice(from, m.index))
    const href = m[3] || m[4]
    if (m[1]) out.push(h('b', {}, m[1]))
    else out.push(h('a', { href, ...(href[0] === 'h' && { target: '_blank', rel: 'noopener noreferrer' }) }, m[2] || href))
    from = m.index + m[0].length
  }
  return [...out, line.slice(from)].filter((x) => x !== '')
}

// marked renders the small Markdown of messages: paragraphs, "- " lists, **bold**, links.
const marked = (text) => {
  const out = []
  let last = null
  for (const line of text.split('\n')) {
    const list = line.startsWith('- ')
    if (!line.trim()) {
      last = null
    } else if (list) {
      if (!last || last.tagName !== 'UL') out.push((last = h('ul', { role: 'list' })))
      last.append(h('li', {}, ...inline(line.slice(2))))
    } else if (!last || last.tagName !== 'P') {
      out.push((last = h('p', {}, ...inline(line))))
    } else {
      last.append(h('br'), ...inline(line))
    }
  }
  return out
}
