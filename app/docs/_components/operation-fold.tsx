/** One endpoint, folded to its line: required permission, request, response, errors, and a curl command. */
import type { Contract, Scope } from '#lib/contracts/contract.ts'
import type { FieldRow, Operation } from '#lib/http/reference.ts'
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'
import { CopyButton } from '#lib/ui/copy-button.tsx'
import { Table } from '#lib/ui/table.tsx'

const METHOD_VARIANTS: Readonly<Record<Contract['method'], BadgeVariant>> = {
  GET: 'plain',
  POST: 'accent',
  PATCH: 'amber',
  DELETE: 'bad',
}
const SCOPE_TEXTS: Readonly<Record<Scope, string>> = {
  open: 'No authentication required.',
  predict:
    'No authentication required, unless PUBLIC_PREDICT=false is set. Then: any user, or an API key with the ' +
    'scope “predict”.',
  view: 'Any user, or an API key with the scope “user”.',
  feedback: 'An editor or admin, or an API key with the scope “user”.',
  upload: 'An editor or admin, or an API key with the scope “upload”.',
  train: 'An editor or admin, or an API key with the scope “train”.',
  edit: 'An editor or admin, or an API key with the scope “admin”.',
  admin: 'An admin, or an API key with the scope “admin”.',
  account: 'A logged-in user, for their own account. API keys are not accepted.',
  phone: 'The token of a phone link, sent like an API key. Users and API keys are not accepted.',
}
const BODY_TEXTS = {
  none: '',
  json: 'A JSON object.',
  image:
    'One image: as a form with “file” (or “image”), as raw image/* bytes, or as JSON { "url": data-URL }.',
  parts: 'A form with several “files”, or one ZIP. Labels must precede the files.',
} as const
const RESPONSE_TEXTS = {
  json: 'JSON.',
  events: 'Server-sent events with these fields.',
  file: 'The content of the file.',
} as const

export function OperationFold({ operation }: { readonly operation: Operation }) {
  const { id, method, path, summary, scope, limited, parameters, body, answer, errors, curl, idFrom } =
    operation
  const name = `${method} ${path}`
  return (
    <details className="fold">
      <summary>
        <Badge variant={METHOD_VARIANTS[method]}>{method}</Badge>
        <code className="font-semibold">{path}</code>
        <span className="small muted basis-full sm:basis-auto">{summary}</span>
      </summary>
      <div className="fold-body" id={id}>
        <p className="small">
          {SCOPE_TEXTS[scope]}
          {limited && ` Rate limit: “${limited}”.`}{' '}
          <a className="link" href={`#${id}`}>
            Link to this endpoint<span className="sr-only">, {name}</span>
          </a>
        </p>
        <div className="copyable">
          <pre className="command" tabIndex={0} aria-label={`curl for ${name}`} data-route={name}>
            {curl}
          </pre>
          <CopyButton text={curl} label={`Copy the curl command for ${name}`} />
        </div>
        {idFrom && (
          <p className="small muted">
            <code>$ID</code> is an <code>id</code> returned by <code>{idFrom}</code>.
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
          <Fields title="Request body" of={name} text={BODY_TEXTS[body.kind]} rows={body.fields} />
        )}
        <Fields
          title={`Response ${answer.status}`}
          of={name}
          text={RESPONSE_TEXTS[answer.kind]}
          rows={answer.fields}
        />
        <div>
          <h3>Errors</h3>
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
  text,
  rows,
}: {
  title: string
  of: string
  text?: string
  rows: readonly FieldRow[]
}) {
  return (
    <div>
      <h3>{title}</h3>
      {text && <p className="small muted">{text}</p>}
      {rows.length > 0 && (
        <div className="mt-1 max-h-96 overflow-y-auto">
          <Table
            caption={`${title} of ${of}`}
            hideCaption
            variant="cards"
            rows={rows}
            keyOf={(row) => row.name}
            columns={[
              { name: 'Field', cell: (row) => <code>{row.name}</code> },
              { name: 'Type', cell: (row) => row.type },
              {
                name: title.startsWith('Response') ? 'Always present' : 'Required',
                cell: (row) => (row.isRequired ? 'yes' : 'no'),
              },
              ...(rows.some((row) => row.about !== '')
                ? [{ name: 'Description', isLong: true, cell: (row: FieldRow) => row.about }]
                : []),
            ]}
          />
        </div>
      )}
    </div>
  )
}
