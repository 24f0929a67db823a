'use client'
/** Chooses a class: one button each, or a search field for many. Only a button, or Enter on a search with one match,
 *  chooses; arrow keys change nothing. */
import { useId, useState, type ReactNode } from 'react'
import { Button } from '#lib/ui/button.tsx'
import { matchingClasses, MOST_BUTTONS } from './matching-classes.ts'

type ClassChoiceProps = {
  readonly label: string
  readonly classes: readonly string[]
  readonly isBusy: boolean
  readonly onChoose: (label: string) => void
  /** Escape. */
  readonly onCancel?: () => void
  /** Further buttons, after those of the classes. */
  readonly children?: ReactNode
}

export function ClassChoice({ label, classes, isBusy, onChoose, onCancel, children }: ClassChoiceProps) {
  const id = useId()
  const [text, setText] = useState('')
  const isSearched = classes.length > MOST_BUTTONS
  const { shown, more, chosen } = matchingClasses(classes, text)
  return (
    <form
      className="class-choice"
      role="group"
      aria-label={label}
      tabIndex={-1}
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen !== null && !isBusy) onChoose(chosen)
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !onCancel) return
        event.stopPropagation()
        onCancel()
      }}
    >
      {isSearched && (
        <>
          <label className="sr-only" htmlFor={id}>
            Search classes
          </label>
          <input
            id={id}
            className="input"
            type="search"
            placeholder="Search classes"
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </>
      )}
      {shown.map((name) => (
        <Button key={name} size="small" disabled={isBusy} onClick={() => onChoose(name)}>
          <span className="class-name">{name}</span>
        </Button>
      ))}
      <span className="small muted" role="status">
        {isSearched && shown.length === 0 && 'No matching class.'}
        {more > 0 && `${more} more: type to find them.`}
      </span>
      {children}
    </form>
  )
}
