/** One route, folded to its line; open it tells who may ask, what goes in, what comes out, how it refuses,
 *  and a curl line to try it. */
import type { Contract, Scope } from '#lib/contracts/contract.ts'
import type { FieldRow, Operation } from '#lib/http/reference.ts'
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'
import { CopyButton } from '#lib/ui/copy-button.tsx'
import { Table } from '#lib/ui/table.tsx'

const METHOD_LOOKS: Readonly<Record<Contract['method'], BadgeVariant>> = {
  GET: 'plain',
  POST: 'accent',
  PATCH: 'amber',
  DELETE: 'bad',
}
const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  open: 'Everybody may ask.',
  predict:
    'Everybody may ask, unless the owner set PUBLIC_PREDICT=false; then any login or a key with “predict”.',
  view: 'Any login, or a key with “user”.',
  feedback: 'An editor or admin, or a key with “user”.',
  upload: 'An editor or admin, or a key with “upload”.',
  train: 'An editor or admin, or a key with “train”.',
  edit: 'An editor or admin, or a key with “admin”.',
  admin: 'An admin, or a key with “admin”.',
  account: 'A person who is logged in, for their own account. API keys are not accepted.',
}
const BODY_WORDS = {
  none: '',
  json: 'A JSON object.',
  picture:
    'One picture: as a form with “file” (or “image”), as raw image/* bytes, or as JSON { "url": data-URL }.',
  parts: 'A form with many “files”, or one ZIP; labels go before the files.',
} as const
const ANSWER_WORDS = {
  json: 'JSON',
  events: 'server-sent events, each of this form',
  file: 'the bytes of a file',
} as const

export function OperationFold({ operation }: { readonly operation: Operation }) {
  const { id, method, path, summary, scope, limited, parameters, body, answer, errors, curl, idFrom } =
    operation
  const name = `${method} ${path}`
  return (
    <details className="fold">
      <summary>
        <Badge variant={METHOD_LOOKS[method]}>{method}</Badge>
        <code className="font-semibold">{path}</code>
        <span className="small muted basis-full sm:basis-auto">{summary}</span>
      </summary>
      <div className="fold-body" id={id}>
        <p className="small">
          {SCOPE_WORDS[scope]}
          {limited && ` Counted with the limit “${limited}”.`}{' '}
          <a className="link" href={`#${id}`}>
            Link to this route<span className="sr-only">, {name}</span>
          </a>
        </p>
        <div className="copyable">
          <pre className="command" tabIndex={0} aria-label={`curl for ${name}`} data-route={name}>
            {curl}
          </pre>
          <CopyButton text={curl} label={`Copy the curl line of ${name}`} />
        </div>
        {idFrom && (
          <p className="small muted">
            <code>$ID</code> is an <code>id</code> that <code>{idFrom}</code> answered.
          </p>
        )}
        {parameters.length > 0 && (
          <Fields
            title="Parameters"
            of={name}
            rows={parameters.map(({ place, ...row }) => ({
              ...row,
              about: [place === 'path' ? 'in the path' : '', row.about].filter(Boolean).join('; '),
            }))}
          />
        )}
        {body.kind !== 'none' && (
          <Fields title="Body" of={name} words={BODY_WORDS[body.kind]} rows={body.fields} />
        )}
        <Fields
          title={`Answer ${answer.status}`}
          of={name}
          words={`${ANSWER_WORDS[answer.kind]}.`}
          rows={answer.fields}
        />
        <div>
          <h3>Refusals</h3>
          <ul className="small mt-1 grid gap-1">
            {errors.map(({ status, codes }) => (
              <li key={status}>
                <strong>{status}</strong> <span className="muted">{codes.join(', ')}</span>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </details>
  )
}

function Fields({
  title,
  of,
  words,
  rows,
}: {
  title: string
  of: string
  words?: string
  rows: readonly FieldRow[]
}) {
  const need = title.startsWith('Answer') ? ['sometimes', 'always'] : ['no', 'yes']
  return (
    <div>
      <h3>{title}</h3>
      {words && <p className="small muted">{words}</p>}
      {rows.length > 0 && (
        <div className="mt-1 max-h-96 overflow-y-auto">
          <Table
            caption={`${title} of ${of}`}
            isCaptionHidden
            variant="cards"
            rows={rows}
            keyOf={(row) => row.name}
            columns={[
              { name: 'Field', cell: (row) => <code>{row.name}</code> },
              { name: 'Type', cell: (row) => row.type },
              {
                name: 'Needed',
                cell: (row) => need[Number(row.isRequired)],
              },
              ...(rows.some((row) => row.about !== '')
                ? [{ name: 'What', cell: (row: FieldRow) => row.about }]
                : []),
            ]}
          />
        </div>
      )}
    </div>
  )
}
