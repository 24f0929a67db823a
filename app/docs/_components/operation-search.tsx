'use client'
/** Finds routes by what stands in them; what does not fit is left out, and empty groups with it. */
import { useState, type ReactNode } from 'react'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { Input } from '#lib/ui/field.tsx'

type Found = {
  readonly key: string
  /** In small letters. */ readonly words: string
  readonly node: ReactNode
}
type Group = { readonly name: string; readonly title: string; readonly operations: readonly Found[] }

export function OperationSearch({ groups }: { readonly groups: readonly Group[] }) {
  const [asked, setAsked] = useState('')
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean)
  const fitting = groups
    .map((group) => ({
      ...group,
      operations: group.operations.filter((one) => words.every((word) => one.words.includes(word))),
    }))
    .filter(({ operations }) => operations.length > 0)
  const count = fitting.reduce((sum, { operations }) => sum + operations.length, 0)
  return (
    <div className="stack">
      <div className="max-w-md">
        <Input
          label="Search the reference"
          type="search"
          value={asked}
          placeholder="predict, top_k, 413 …"
          onChange={(event) => setAsked(event.currentTarget.value)}
        />
        <p className="small muted mt-1" role="status">
          {words.length === 0 ? `${count} routes` : fitWords(count)}
        </p>
      </div>
      {words.length === 0 && (
        <nav className="row" aria-label="Resources" style={{ gap: '0.25rem 1rem' }}>
          {groups.map(({ name, title }) => (
            <a key={name} className="link small" href={`#${name}`}>
              {title}
            </a>
          ))}
        </nav>
      )}
      {fitting.map(({ name, title, operations }) => (
        <Card key={name} id={name} title={title}>
          <div className="grid gap-2" style={{ gridTemplateColumns: 'minmax(0, 1fr)' }}>
            {operations.map(({ key, node }) => (
              <div key={key}>{node}</div>
            ))}
          </div>
        </Card>
      ))}
      {count === 0 && (
        <EmptyState icon="look" title="No route fits">
          Try a part of its path, a field, a status or a code.
        </EmptyState>
      )}
    </div>
  )
}

const fitWords = (count: number): string => (count === 1 ? '1 route fits' : `${count} routes fit`)
