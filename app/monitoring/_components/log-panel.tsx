'use client'
/** The newest lines of the log, by level, by request and by text. What is looked for stands in the address,
 *  so that it can be shared. */
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useState, useTransition, type FormEvent } from 'react'
import { LogLines, type ShownLine } from './log-lines.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Input, Select } from '#lib/ui/field.tsx'

const LEVELS = [
  { value: 'debug', label: 'everything' },
  { value: 'info', label: 'info and worse' },
  { value: 'warn', label: 'warnings and errors' },
  { value: 'error', label: 'errors only' },
]

export function LogPanel({
  lines,
  isComplete,
  level,
  text,
}: {
  readonly lines: readonly ShownLine[]
  readonly isComplete: boolean
  readonly level: string
  readonly text: string
}) {
  const router = useRouter()
  const path = usePathname()
  const query = useSearchParams()
  const [isGoing, go] = useTransition()
  const [asked, setAsked] = useState(text)

  const show = (change: Readonly<Record<string, string>>) =>
    go(() => {
      const next = new URLSearchParams({ ...Object.fromEntries(query), ...change })
      for (const [name, value] of Object.entries(change)) if (value === '') next.delete(name)
      router.push(`${path}?${next}#log`, { scroll: false })
    })
  const find = (event: FormEvent) => {
    event.preventDefault()
    show({ find: asked.trim() })
  }

  return (
    <Card
      id="log"
      title="Log"
      aside={
        <Button size="small" isBusy={isGoing} onClick={() => go(() => router.refresh())}>
          Read again
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
          value={level}
          options={LEVELS}
          onChange={(event) => show({ level: event.currentTarget.value })}
        />
        <Input
          label="Request or text"
          value={asked}
          placeholder="a request id, a word"
          maxLength={200}
          onChange={(event) => setAsked(event.currentTarget.value)}
        />
        <Button type="submit">Find</Button>
      </form>
      {lines.length === 0 ? (
        <p className="muted">No line of the log fits.</p>
      ) : (
        <LogLines
          lines={lines}
          onRequest={(id) => {
            setAsked(id)
            show({ find: id })
          }}
        />
      )}
      <p className="small muted">
        {countOf(lines.length, isComplete)}
        The whole log lies in <code>DATA_DIR/logs</code>, one JSON object a line.
      </p>
    </Card>
  )
}

function countOf(lines: number, isComplete: boolean): string {
  if (lines === 0) return ''
  return `${lines} ${lines === 1 ? 'line' : 'lines'}, newest first${isComplete ? '' : '; there are older ones'}. `
}
