'use client'
/** The API keys: a list with revocation, and a form to create one. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { KeyAnswer } from '#lib/contracts/people.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { Time } from '#lib/ui/time.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { KeyForm } from './key-form.tsx'
import { useMutation } from '../../_components/use-mutation.ts'

type KeysCardProps = {
  readonly keys: readonly KeyAnswer[]
  /** The ids of the classifiers that a key can be restricted to. */
  readonly classifiers: readonly string[]
}

export function KeysCard({ keys, classifiers }: KeysCardProps) {
  const [revoked, setRevoked] = useState<KeyAnswer | null>(null)
  return (
    <>
      {keys.length === 0 ? (
        <EmptyState icon="key" title="No API keys yet">
          A script uses an API key instead of your password, with the permissions that you select.
        </EmptyState>
      ) : (
        <Card title="API keys">
          <KeyTable keys={keys} onRevoke={setRevoked} />
        </Card>
      )}
      <KeyForm classifiers={classifiers} />
      {revoked && <RevokeDialog key={revoked.id} revoked={revoked} onClose={() => setRevoked(null)} />}
    </>
  )
}

function KeyTable({
  keys,
  onRevoke,
}: {
  readonly keys: readonly KeyAnswer[]
  readonly onRevoke: (key: KeyAnswer) => void
}) {
  return (
    <Table
      caption="API keys"
      hideCaption
      variant="cards"
      rows={keys}
      keyOf={({ id }) => id}
      columns={[
        { name: 'Name', cell: (one) => one.name },
        { name: 'Prefix', cell: (one) => <code>{one.begins_with}…</code> },
        {
          name: 'Scopes',
          cell: (one) => (
            <span className="row gap-1">
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
          name: 'Created',
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
          name: 'Actions',
          cell: (one) => (
            <Button size="small" variant="danger" onClick={() => onRevoke(one)}>
              Revoke<span className="sr-only"> {one.name}</span>
            </Button>
          ),
        },
      ]}
    />
  )
}

function Expiry({ of: { expires_at, state } }: { readonly of: KeyAnswer }) {
  if (expires_at === null) return <span className="muted">never</span>
  if (state === 'expired') return <Badge variant="bad">expired</Badge>
  return (
    <span className="row gap-1">
      <Time at={expires_at} format="date" />
      {state === 'expires_soon' && <Badge variant="amber">soon</Badge>}
    </span>
  )
}

function RevokeDialog({ revoked, onClose }: { readonly revoked: KeyAnswer; readonly onClose: () => void }) {
  const { isBusy, failure, mutate } = useMutation()
  const revoke = async () => {
    if (!(await mutate(() => call('DELETE /api/keys/{id}', { id: revoked.id })))) return
    toast(`The key “${revoked.name}” has been revoked.`)
    onClose()
  }
  return (
    <Dialog
      isOpen
      title={`Revoke “${revoked.name}”?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" isBusy={isBusy} onClick={() => void revoke()}>
            Revoke key
          </Button>
        </>
      }
    >
      <p>
        Requests with this key are refused from now on. You cannot undo this, but you can create a new key.
      </p>
      {failure && <ErrorNotice title="The key could not be revoked" failure={failure} />}
    </Dialog>
  )
}
