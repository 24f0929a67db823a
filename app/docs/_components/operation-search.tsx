'use client'
/** Searches the endpoints by all words of the input; groups without a match are hidden. */
import { useState, type ReactNode } from 'react'
import { counted } from '#lib/domain/text/count-text.ts'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { Input } from '#lib/ui/field.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'

type SearchEntry = {
  readonly key: string
  /** The text that is searched, in lower case. */
  readonly text: string
  readonly node: ReactNode
}
type Group = { readonly name: string; readonly title: string; readonly operations: readonly SearchEntry[] }

export function OperationSearch({ groups }: { readonly groups: readonly Group[] }) {
  const [search, setSearch] = useState('')
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const matching = groups
    .map((group) => ({
      ...group,
      operations: group.operations.filter((one) => words.every((word) => one.text.includes(word))),
    }))
    .filter(({ operations }) => operations.length > 0)
  const count = matching.reduce((sum, { operations }) => sum + operations.length, 0)
  return (
    <div className="stack">
      <div className="max-w-md">
        <Input
          label="Search the reference"
          type="search"
          value={search}
          placeholder="For example, predict, top_k or 413"
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <p className="small muted mt-1" role="status">
          {counted(count, words.length === 0 ? 'endpoint' : 'matching endpoint')}
        </p>
      </div>
      {words.length === 0 && (
        <nav className="row gap-x-4 gap-y-1" aria-label="Resources">
          {groups.map(({ name, title }) => (
            <a key={name} className="link small" href={`#${name}`}>
              {title}
            </a>
          ))}
        </nav>
      )}
      {matching.map(({ name, title, operations }) => (
        <PhoneFold key={name} title={`${title} (${operations.length})`} isOpen={words.length > 0}>
          <Card id={name} title={title}>
            <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
              {operations.map(({ key, node }) => (
                <div key={key}>{node}</div>
              ))}
            </div>
          </Card>
        </PhoneFold>
      ))}
      {count === 0 && (
        <EmptyState icon="eye" title="No matching endpoint">
          Search for a part of the path, a field, a status or an error code.
        </EmptyState>
      )}
    </div>
  )
}
