/** The API reference, generated from the contracts: every endpoint with its fields, errors and a curl command
 *  that works here. */
import { headers } from 'next/headers'
import { darkroom } from '#lib/http/context.ts'
import { reference, type Operation } from '#lib/http/reference.ts'
import { Card } from '#lib/ui/card.tsx'
import { OpenTarget } from '#lib/ui/open-target.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { HttpsCard } from './_components/https-card.tsx'
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
      text: searchText(operation),
      node: <OperationFold operation={operation} />,
    })),
  }))
  return (
    <div className="stack">
      <OpenTarget />
      <PageHead
        title="API"
        lead={
          <>
            Scripts can do everything that the pages do. This reference is generated from the contracts that
            validate each request. The OpenAPI 3.1 document is at{' '}
            <a className="link" href="/api/openapi.json">
              /api/openapi.json
            </a>
            .
          </>
        }
      />
      <Card title="Getting started">
        <p>
          Responses are JSON with <code>snake_case</code> names; times are ISO 8601 in UTC. Endpoints that are
          not public need an API key, sent as <code>Authorization: Bearer …</code> or{' '}
          <code>X-API-Key: …</code>. Admins create API keys in{' '}
          <a className="link" href="/settings?view=keys">
            Settings
          </a>
          . The curl commands read your key from the environment:
        </p>
        <pre className="command" tabIndex={0} aria-label="Set the API key">
          export DARKROOM_KEY=dk_…
        </pre>
        <p>
          Errors are problem documents (RFC 9457): the HTTP <code>status</code>, a <code>code</code> for
          programs, a <code>detail</code> that says what happened and what to do, and the{' '}
          <code>request_id</code> to find the request in the log.
        </p>
      </Card>
      <PhoneFold title="HTTPS, for the camera">
        <HttpsCard />
      </PhoneFold>
      <OperationSearch groups={groups} />
    </div>
  )
}

/** The origin in the curl commands: the configured one, else that of the request. */
async function ownOrigin(): Promise<string> {
  const sent = await headers()
  const { origin, trustProxy } = darkroom().settings()
  const host = (trustProxy ? sent.get('x-forwarded-host') : null) ?? sent.get('host') ?? '127.0.0.1'
  const isSecure = trustProxy && sent.get('x-forwarded-proto') === 'https'
  return origin ?? `${isSecure ? 'https' : 'http'}://${host}`
}

const searchText = ({ method, path, summary, scope, parameters, body, answer, errors }: Operation): string =>
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
