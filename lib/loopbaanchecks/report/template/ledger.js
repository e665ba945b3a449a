// The ledger of the overview: filter, sort, and open the claim that an address names. Without this script
// the whole table is there.
(() => {
  'use strict'
  const FIRST = 25
  const find = (id) => document.getElementById(id)
  const table = find('claims'), body = table.tBodies[0] ?? table.createTBody(), count = find('count'), rest = find('rest')
  // Each document has its part of the table; sorting makes one of them.
  for (const part of [...table.tBodies]) {
    for (const row of part.rows) row.dataset.document = part.dataset.document
    if (part !== body) { body.append(...part.rows); part.remove() }
  }
  const rows = [...body.rows], heads = [...table.tHead.rows[0].cells]
  const plain = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase()
  const texts = new Map(rows.map((row) => [row, plain(row.textContent)]))
  const place = new Map(rows.map((row, at) => [row, at]))
  const text = find('f-text'), selects = [...find('filters').querySelectorAll('select')]
  let all = false

  const fits = (row) => selects.every((one) => !one.value || row.dataset[one.dataset.column] === one.value) &&
    plain(text.value).split(/\s+/).every((word) => texts.get(row).includes(word))

  // Rows past the first are left out on screen only: paper shows every row that the filter lets through.
  const show = () => {
    let shown = 0
    for (const row of body.rows) {
      row.hidden = !fits(row)
      row.classList.toggle('later', !row.hidden && !all && shown >= FIRST)
      if (!row.hidden) shown += 1
    }
    const say = shown === 0 ? 'none' : shown === rows.length ? 'all' : 'some'
    count.textContent = count.dataset[say].replace('{shown}', shown).replace('{total}', rows.length)
    rest.hidden = all || shown <= FIRST
    find('f-rest').textContent = find('f-rest').dataset.text.replace('{shown}', shown)
  }

  // What a row is sorted by: its place, its verdict, a number (none: last) or a text.
  const verdicts = table.dataset.verdicts.split(' '), numbers = ['power', 'printed', 'recalculated']
  const key = (row, at) => {
    const column = heads[at].dataset.key, value = row.cells[at].dataset.value
    if (column === 'claim') return place.get(row)
    if (column === 'verdict') return verdicts.indexOf(row.dataset.verdict)
    if (numbers.includes(column)) return value === undefined ? null : Number(value)
    return row.cells[at].textContent.trim()
  }
  const order = (a, b) => typeof a === 'number' ? a - b
    : a.localeCompare(b, document.documentElement.lang, { numeric: true })
  const sort = (head, at) => {
    const falling = head.getAttribute('aria-sort') === 'ascending'
    for (const other of heads) other.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', falling ? 'descending' : 'ascending')
    const keys = new Map(rows.map((row) => [row, key(row, at)]))
    const sorted = [...rows].sort((a, b) => {
      const [one, two] = [keys.get(a), keys.get(b)]
      if (one === null || two === null) return (one === null) - (two === null) || place.get(a) - place.get(b)
      return (falling ? -1 : 1) * order(one, two) || place.get(a) - place.get(b)
    })
    body.append(...sorted)
    show()
  }

  const reset = () => {
    text.value = ''
    for (const one of selects) one.value = ''
  }

  // What the filter holds, as the end of an address: #ledger&verdict=possible&text=97
  const address = (state) => '#ledger' + Object.entries(state).filter(([, value]) => value)
    .map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('')
  const state = () => ({ ...Object.fromEntries(selects.map((one) => [one.dataset.column, one.value])), text: text.value.trim() })
  const keep = () => {
    show()
    history.replaceState(null, '', address(state()))
    translate()
  }
  const translate = () => {
    for (const link of document.querySelectorAll('.languages a')) link.hash = location.hash
  }
  const take = (hash) => {
    const given = new URLSearchParams(hash.slice(1))
    reset()
    text.value = given.get('text') ?? ''
    for (const one of selects) {
      const value = given.get(one.dataset.column)
      if ([...one.options].some((option) => option.value === value)) one.value = value
    }
    show()
    find('ledger').scrollIntoView()
  }

  // A claim that an address names is shown whatever the filter says; the filter may be in the address too.
  const open = () => {
    translate()
    if (location.hash.startsWith('#ledger&')) return take(location.hash)
    const row = find(decodeURIComponent(location.hash.slice(1)))
    if (row) for (const fold of document.querySelectorAll('details')) fold.open ||= fold.contains(row)
    if (!row || !texts.has(row)) return
    if (!fits(row)) reset()
    show()
    if (row.classList.contains('later')) { all = true; show() }
    row.scrollIntoView({ block: 'center' })
    row.focus({ preventScroll: true })
  }

  heads.forEach((head, at) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.append(...head.childNodes)
    button.addEventListener('click', () => sort(head, at))
    head.append(button)
  })
  text.addEventListener('input', keep)
  for (const one of selects) one.addEventListener('change', keep)
  find('f-reset').addEventListener('click', () => { reset(); keep(); text.focus() })
  find('f-rest').addEventListener('click', () => {
    const next = [...body.rows].find((row) => row.classList.contains('later'))
    all = true
    show()
    next.focus()
  })
  for (const link of document.querySelectorAll('[data-filter]')) {
    link.hash = address(Object.fromEntries(selects.map((one) => [one.dataset.column, link.dataset[one.dataset.column]])))
    link.addEventListener('click', () => take(link.hash))
  }
  for (const row of rows) row.tabIndex = -1
  window.addEventListener('hashchange', open)
  find('filters').hidden = false
  show()
  open()
})()
