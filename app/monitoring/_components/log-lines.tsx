'use client'
/** Log entries as a list: time, level, process, message; further fields fold open. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { Time } from '#lib/ui/time.tsx'

export type LogEntry = Output<Routes['GET /api/logs']>['lines'][number]

export function LogLines({
  lines,
  onRequest,
}: {
  readonly lines: readonly LogEntry[]
  readonly onRequest: (id: string) => void
}) {
  return (
    <ol className="log-lines" tabIndex={0} aria-label="Log entries">
      {lines.map((line, i) => (
        <li key={`${line.at} ${line.pid} ${i}`} data-level={line.level}>
          <Time at={line.at} format="precise" />
          <span data-part="level">{line.level}</span>
          <span className="muted" title={`process ${line.pid}`}>
            {line.process}
          </span>
          <span data-part="message">
            {line.message}
            {line.request_id && (
              <>
                {' '}
                <button type="button" className="link" onClick={() => onRequest(line.request_id!)}>
                  request {line.request_id.slice(0, 8)}…
                </button>
              </>
            )}
          </span>
          {Object.keys(line.about).length > 0 && (
            <details data-part="about">
              <summary>Details</summary>
              {detailsText(line.about)}
            </details>
          )}
        </li>
      ))}
    </ol>
  )
}

const detailsText = (about: LogEntry['about']): string =>
  Object.entries(about)
    .map(([name, value]) => `${name}: ${fieldText(value)}`)
    .join('\n')

/** A stack trace keeps its lines, which JSON would escape. */
function fieldText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && 'stack' in value) return String(value.stack)
  return JSON.stringify(value)
}
