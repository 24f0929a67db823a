'use client'
/** Shows another classifier in the same section: a button with the name of the current one opens a search
 *  field with a list. Arrow keys select, Enter opens, Escape closes. */
import { useRouter } from 'next/navigation'
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { matchingTitles, type ClassifierTitle } from './matching-titles.ts'

const MOST = 50

export function ClassifierSwitcher({
  classifiers,
  shown,
  section,
}: {
  readonly classifiers: readonly ClassifierTitle[]
  readonly shown: ClassifierTitle
  /** The section that stays open. */
  readonly section: string
}) {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  if (classifiers.length < 2) return <p className="switcher-title">{shown.title}</p>
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <div className="switcher">
      <button
        ref={button}
        type="button"
        className="switcher-button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="sr-only">Classifier: </span>
        <span className="switcher-title">{shown.title}</span>
      </button>
      {isOpen && <SwitcherSearch classifiers={classifiers} shown={shown} section={section} close={close} />}
    </div>
  )
}

function SwitcherSearch({
  classifiers,
  shown,
  section,
  close,
}: {
  readonly classifiers: readonly ClassifierTitle[]
  readonly shown: ClassifierTitle
  readonly section: string
  readonly close: () => void
}) {
  const router = useRouter()
  const list = useId()
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState(0)
  const matches = matchingTitles(classifiers, search)
  const options = matches.slice(0, MOST)
  const active = Math.min(chosen, options.length - 1)
  const open = ({ id }: ClassifierTitle) => {
    close()
    if (id !== shown.id) router.push(classifierPage(id, section))
  }
  const move = (index: number) => {
    setChosen(index)
    document.getElementById(`${list}-${index}`)?.scrollIntoView({ block: 'nearest' })
  }
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move((active + 1) % options.length),
    ArrowUp: () => move((active - 1 + options.length) % options.length),
    Enter: () => options[active] && open(options[active]),
    Escape: close,
  }
  const press = (event: KeyboardEvent) => {
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  return (
    <div className="switcher-search">
      <input
        className="input"
        type="text"
        role="combobox"
        aria-label="Search classifiers"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={options.length > 0 ? `${list}-${active}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        placeholder="Search"
        autoFocus
        value={search}
        onKeyDown={press}
        onChange={({ target }) => {
          setSearch(target.value)
          setChosen(0)
        }}
      />
      <ul id={list} className="switcher-list" role="listbox" aria-label="Classifiers">
        {options.map((one, i) => (
          <li
            key={one.id}
            id={`${list}-${i}`}
            role="option"
            aria-selected={i === active}
            onClick={() => open(one)}
          >
            {one.title}
          </li>
        ))}
      </ul>
      {options.length === 0 && <p className="small muted">No classifier found</p>}
      {matches.length > options.length && (
        <p className="small muted">{matches.length - options.length} more: keep typing.</p>
      )}
    </div>
  )
}
