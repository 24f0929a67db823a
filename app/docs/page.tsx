/** The API reference, made from the contracts: every route with its fields, refusals and a curl line that
 *  works here. */
import { headers } from 'next/headers'
import { darkroom } from '#lib/http/context.ts'
import { reference, type Operation } from '#lib/http/reference.ts'
import { Card } from '#lib/ui/card.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { OperationFold } from './_components/operation-fold.tsx'
import { OperationSearch } from './_components/operation-search.tsx'

export const metadata = { title: 'API' }

export default async function Docs() {
  const origin = await ownOrigin()
  const groups = reference(origin).map(({ name, title, operations }) => ({
    name,
    title,
    operations: operations.map((operation) => ({
      key: operation.id,
      words: wordsOf(operation),
      node: <OperationFold operation={operation} />,
    })),
  }))
  return (
    <div className="stack">
      <PageHead
        title="API"
        lead={
          <>
            Everything that the pages do, scripts can do. This reference is made from the same contracts that
            check each request; for programs it is at{' '}
            <a className="link" href="/api/openapi.json">
              /api/openapi.json
            </a>{' '}
            (OpenAPI 3.1).
          </>
        }
      />
      <Card title="Before you call">
        <p>
          Answers are JSON in <code>snake_case</code>, times ISO 8601 in UTC. What is not open to all needs a
          key, sent as <code>Authorization: Bearer …</code> or <code>X-API-Key: …</code>; an admin makes keys
          under{' '}
          <a className="link" href="/settings">
            Settings
          </a>
          . The curl lines read yours from the shell:
        </p>
        <pre className="command" tabIndex={0} aria-label="Setting the key">
          export DARKROOM_KEY=dk_…
        </pre>
        <p>
          A refusal is a problem document (RFC 9457): <code>status</code>, a <code>code</code> for programs, a{' '}
          <code>detail</code> for people that says what happened and what to do, and the{' '}
          <code>request_id</code> under which the log knows it.
        </p>
      </Card>
      <OperationSearch groups={groups} />
    </div>
  )
}

/** The address that this reader uses: what the owner set, else the one that was asked. */
async function ownOrigin(): Promise<string> {
  const sent = await headers()
  const { origin, trustProxy } = darkroom().settings()
  const host = (trustProxy ? sent.get('x-forwarded-host') : null) ?? sent.get('host') ?? '127.0.0.1'
  const isSecure = trustProxy && sent.get('x-forwarded-proto') === 'https'
  return origin ?? `${isSecure ? 'https' : 'http'}://${host}`
}

const wordsOf = ({ method, path, summary, scope, parameters, body, answer, errors }: Operation): string =>
  [
    method,
    path,
    summary,
    scope,
    ...[...parameters, ...body.fields, ...answer.fields].map(({ name }) => name),
    ...errors.flatMap(({ status, codes }) => [`${status}`, ...codes]),
  ]
    .join(' ')
    .toLowerCase()
