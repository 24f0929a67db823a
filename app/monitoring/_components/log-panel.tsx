'use client'
/** The newest log entries, filtered by level, request ID or text. The filters are in the URL, so that it can be
 *  shared; they change with the button, not with each arrow key. */
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useState, useTransition, type FormEvent } from 'react'
import { counted } from '#lib/domain/text/count-text.ts'
import { LogLines, type LogEntry } from './log-lines.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { Input, Select } from '#lib/ui/field.tsx'

const LEVELS = [
  { value: 'debug', label: 'All' },
  { value: 'info', label: 'Info and above' },
  { value: 'warn', label: 'Warnings and errors' },
  { value: 'error', label: 'Errors only' },
]

export function LogPanel({
  lines,
  isComplete,
  level,
  text,
}: {
  readonly lines: readonly LogEntry[]
  readonly isComplete: boolean
  readonly level: string
  readonly text: string
}) {
  const router = useRouter()
  const path = usePathname()
  const query = useSearchParams()
  const [isPending, startTransition] = useTransition()
  const [chosenLevel, setChosenLevel] = useState(level)
  const [search, setSearch] = useState(text)

  const show = (change: Readonly<Record<string, string>>) =>
    startTransition(() => {
      const next = new URLSearchParams({ ...Object.fromEntries(query), ...change })
      for (const [name, value] of Object.entries(change)) if (value === '') next.delete(name)
      router.push(`${path}?${next}#log`, { scroll: false })
    })
  const find = (event: FormEvent) => {
    event.preventDefault()
    show({ find: search.trim(), level: chosenLevel })
  }

  return (
    <PhoneFold title="Log" isOpen={text !== '' || query.has('level')}>
      <Card
        id="log"
        title="Log"
        aside={
          <Button size="small" isBusy={isPending} onClick={() => startTransition(() => router.refresh())}>
            Refresh
          </Button>
        }
      >
        <form
          className="grid gap-3 sm:grid-cols-[12rem_minmax(0,1fr)_auto] sm:items-end"
          role="search"
          aria-label="Search the log"
          onSubmit={find}
        >
          <Select
            label="Level"
            value={chosenLevel}
            options={LEVELS}
            onChange={(event) => setChosenLevel(event.currentTarget.value)}
          />
          <Input
            label="Request ID or text"
            value={search}
            placeholder="For example, a request ID"
            maxLength={200}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <Button type="submit">Search</Button>
        </form>
        {lines.length === 0 ? (
          <p className="muted">No matching log entries.</p>
        ) : (
          <LogLines
            lines={lines}
            onRequest={(id) => {
              setSearch(id)
              show({ find: id })
            }}
          />
        )}
        <p className="small muted">
          {lines.length > 0 && `${counted(lines.length, 'entry', 'entries')}, newest first. `}
          {!isComplete && 'There are older entries. '}
          The complete log is in <code>DATA_DIR/logs</code>, one JSON object per line.
        </p>
      </Card>
    </PhoneFold>
  )
}
