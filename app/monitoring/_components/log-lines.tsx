'use client'
/** Lines of the log as a list: when, how bad, who, what; the rest folds open. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'

export type ShownLine = Output<Routes['GET /api/logs']>['lines'][number]

export function LogLines({
  lines,
  onRequest,
}: {
  readonly lines: readonly ShownLine[]
  readonly onRequest: (id: string) => void
}) {
  return (
    <ol className="log-lines" tabIndex={0} aria-label="Lines of the log">
      {lines.map((line, i) => (
        <li key={`${line.at} ${line.pid} ${i}`} data-level={line.level}>
          <time dateTime={line.at} title={line.at}>
            {line.at.slice(5, 23).replace('T', ' ')}
          </time>
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
              <summary>more</summary>
              {detailsOf(line.about)}
            </details>
          )}
        </li>
      ))}
    </ol>
  )
}

/** A stack has lines of its own, which JSON would hide. */
function detailsOf(about: ShownLine['about']): string {
  return Object.entries(about)
    .map(([name, value]) => {
      const stack =
        typeof value === 'object' && value !== null && 'stack' in value ? String(value.stack) : null
      return `${name}: ${stack ?? (typeof value === 'string' ? value : JSON.stringify(value))}`
    })
    .join('\n')
}
