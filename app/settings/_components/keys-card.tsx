'use client'
/** Keys for scripts: made, shown once, revoked. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { KeyAnswer } from '#lib/contracts/people.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { CopyButton } from '#lib/ui/copy-button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Checkbox, Input, Select } from '#lib/ui/field.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useChange } from './changing.ts'

type KeyScope = KeyAnswer['scopes'][number]
const SCOPES: readonly (readonly [scope: KeyScope, words: string])[] = [
  ['predict', 'predict'],
  ['user', 'read the history and images, give feedback'],
  ['upload', 'upload images'],
  ['train', 'train, promote, evaluate'],
  ['admin', 'everything'],
]

const ENDS: readonly { readonly value: string; readonly label: string }[] = [
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
  { value: '', label: 'never' },
]
const ALL = ''

/** `classifiers`: those that a key can be restricted to. */
export function KeysCard({
  keys,
  classifiers,
}: {
  readonly keys: readonly KeyAnswer[]
  readonly classifiers: readonly string[]
}) {
  const { isBusy, failure, change } = useChange()
  const [made, setMade] = useState<{ readonly name: string; readonly key: string } | null>(null)
  const [revoked, setRevoked] = useState<KeyAnswer | null>(null)

  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const scopes = SCOPES.map(([scope]) => scope).filter((scope) => fields.getAll('scope').includes(scope))
    const text = (name: string) => String(fields.get(name) ?? '')
    const answer = await change(() =>
      call('POST /api/keys', {
        name: text('name'),
        scopes,
        ...(text('days') !== '' && { expires_in_days: Number(text('days')) }),
        ...(text('classifier') !== ALL && { classifier: text('classifier') }),
      }),
    )
    if (!answer) return
    form.reset()
    setMade(answer)
  }
  const revoke = async () => {
    if (!revoked || !(await change(() => call('DELETE /api/keys/{id}', { id: revoked.id })))) return
    toast(`The key “${revoked.name}” opens nothing now.`)
    setRevoked(null)
  }

  return (
    <>
      {keys.length === 0 ? (
        <EmptyState icon="key" title="No keys yet">
          A key lets a script do what you allow it, without your password.
        </EmptyState>
      ) : (
        <Card title="Keys">
          <Table
            caption="Keys"
            isCaptionHidden
            variant="cards"
            rows={keys}
            keyOf={({ id }) => id}
            columns={[
              { name: 'Name', cell: (one) => one.name },
              { name: 'Begins with', cell: (one) => <code>{one.begins_with}…</code> },
              {
                name: 'May',
                cell: (one) => (
                  <span className="row" style={{ gap: '0.25rem' }}>
                    {one.scopes.map((scope) => (
                      <Badge key={scope} variant={scope === 'admin' ? 'accent' : 'plain'}>
                        {scope}
                      </Badge>
                    ))}
                  </span>
                ),
              },
              {
                name: 'Classifier',
                cell: (one) => one.classifier ?? <span className="muted">all classifiers</span>,
              },
              { name: 'Expires', cell: (one) => <Expiry of={one} /> },
              {
                name: 'Made',
                cell: (one) => (
                  <span>
                    <RelativeTime at={one.created_at} />
                    {one.created_by && <span className="muted"> by {one.created_by}</span>}
                  </span>
                ),
              },
              {
                name: 'Last used',
                cell: (one) => (one.last_used_at ? <RelativeTime at={one.last_used_at} /> : 'never'),
              },
              {
                name: 'Revoke',
                cell: (one) => (
                  <Button size="small" variant="danger" onClick={() => setRevoked(one)}>
                    Revoke<span className="sr-only"> {one.name}</span>
                  </Button>
                ),
              },
            ]}
          />
        </Card>
      )}
      <Card title="Make a key">
        <form className="grid gap-4" onSubmit={(event) => void make(event)}>
          <div className="max-w-md">
            <Input
              label="What it is for"
              name="name"
              required
              maxLength={80}
              autoComplete="off"
              placeholder="Packing-line camera"
            />
          </div>
          <fieldset className="grid gap-2">
            <legend className="small mb-2 font-semibold">What it may do</legend>
            {SCOPES.map(([scope, words]) => (
              <Checkbox
                key={scope}
                label={scope}
                hint={words}
                name="scope"
                value={scope}
                defaultChecked={scope === 'predict'}
              />
            ))}
          </fieldset>
          <div className="grid gap-4 sm:grid-cols-2">
            <Select
              label="Expires"
              name="days"
              options={ENDS}
              defaultValue="365"
              hint="Requests with an expired key are refused."
            />
            <Select
              label="Classifier"
              name="classifier"
              options={[
                { value: ALL, label: 'all classifiers' },
                ...classifiers.map((id) => ({ value: id, label: `${id} only` })),
              ]}
              defaultValue={ALL}
              hint="A key for one classifier cannot access the others and cannot have the admin scope."
            />
          </div>
          {failure && !revoked && <ErrorNotice title="No key was made" failure={failure} />}
          <div>
            <Button type="submit" variant="primary" isBusy={isBusy && !revoked}>
              Make the key
            </Button>
          </div>
        </form>
      </Card>
      <Dialog
        isOpen={made !== null}
        title={`The key “${made?.name ?? ''}”`}
        onClose={() => setMade(null)}
        actions={
          <Button variant="primary" onClick={() => setMade(null)}>
            I have it
          </Button>
        }
      >
        <p>
          <strong>Copy it now: it is shown this once.</strong> Darkroom keeps only a fingerprint of it.
        </p>
        <div className="copyable">
          <code
            className="command"
            style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
            tabIndex={0}
            aria-label="The key"
          >
            {made?.key}
          </code>
          <CopyButton text={made?.key ?? ''} label="Copy the key" />
        </div>
        <p className="small muted">
          Send it as <code>Authorization: Bearer …</code> or <code>X-API-Key: …</code>
        </p>
      </Dialog>
      <Dialog
        isOpen={revoked !== null}
        title={`Revoke “${revoked?.name ?? ''}”?`}
        onClose={() => setRevoked(null)}
        actions={
          <>
            <Button onClick={() => setRevoked(null)}>Cancel</Button>
            <Button variant="danger" isBusy={isBusy} onClick={() => void revoke()}>
              Revoke key
            </Button>
          </>
        }
      >
        <p>Whatever uses it is refused from now on. This cannot be undone; a new key can be made.</p>
        {failure && <ErrorNotice title="It still works" failure={failure} />}
      </Dialog>
    </>
  )
}

function Expiry({ of: { expires_at, state } }: { readonly of: KeyAnswer }) {
  if (expires_at === null) return <span className="muted">never</span>
  if (state === 'expired') return <Badge variant="bad">expired</Badge>
  return (
    <span className="row" style={{ gap: '0.25rem' }}>
      <time dateTime={expires_at}>{expires_at.slice(0, 10)}</time>
      {state === 'expires_soon' && <Badge variant="amber">soon</Badge>}
    </span>
  )
}
