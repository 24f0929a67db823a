'use client'
/** Programs that use the classifier, with a key that is created on the spot and shown once. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { CopyButton } from '#lib/ui/copy-button.tsx'
import { CopyableSecret } from '#lib/ui/copyable-secret.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Segmented } from '#lib/ui/segmented.tsx'
import { FocusOnArrival } from '../../../../_components/focus-on-arrival.tsx'
import { useMutation } from '../../../../_components/use-mutation.ts'
import { isOnThisDeviceOnly } from '../address.ts'
import { snippetsFor, type Snippet } from '../snippets.ts'

const PLACEHOLDER = 'YOUR_KEY'
const KEY_NAME_LENGTH = 80

type ProgramsProps = {
  readonly classifier: { readonly id: string; readonly title: string }
  readonly origin: string
  /** Whether predictions need no key. */
  readonly isPublic: boolean
  /** Why the user may not create keys; null if they may. */
  readonly denialReason: string | null
}

export function ProgramsCard({ classifier, origin, isPublic, denialReason }: ProgramsProps) {
  const [key, setKey] = useState<string | null>(null)
  const [shown, setShown] = useState<Snippet['id']>('curl')
  const snippets = snippetsFor({ ...classifier, origin, key: key ?? (isPublic ? null : PLACEHOLDER) })
  const snippet = snippets.find(({ id }) => id === shown) ?? snippets[0]!
  return (
    <Card title="In a program">
      <KeyPart {...{ classifier, isPublic, denialReason, created: key, onCreated: setKey }} />
      <Segmented
        label="Program"
        value={shown}
        options={snippets.map(({ id, label }) => ({ value: id, label }))}
        onChange={setShown}
      />
      <p className="small muted">{snippet.note}</p>
      {isOnThisDeviceOnly(origin) && (
        <p className="small" role="note">
          The address in the program works on this computer only. The card “On a phone” says what to change so
          that other devices can reach Darkroom.
        </p>
      )}
      <div className="copyable">
        <pre
          className="command overflow-x-auto"
          role="region"
          tabIndex={0}
          aria-label={`Program: ${snippet.label}`}
        >
          <code>{snippet.code}</code>
        </pre>
        <CopyButton text={snippet.code} label={`Copy the program for ${snippet.label}`} />
      </div>
    </Card>
  )
}

type KeyPartProps = Pick<ProgramsProps, 'classifier' | 'isPublic' | 'denialReason'> & {
  readonly created: string | null
  readonly onCreated: (key: string) => void
}

function KeyPart({ classifier: { id, title }, isPublic, denialReason, created, onCreated }: KeyPartProps) {
  const { isBusy, failure, mutate } = useMutation()
  const create = async () => {
    const name = `Use of ${title}`.slice(0, KEY_NAME_LENGTH)
    const answer = await mutate(() => call('POST /api/keys', { name, scopes: ['predict'], classifier: id }))
    if (answer) onCreated(answer.key)
  }
  if (created !== null)
    return (
      <FocusOnArrival label="New API key">
        <div role="status" className="grid gap-2">
          <p>
            <strong>The key is filled in below. Copy it now: it is shown only once.</strong>
          </p>
          <CopyableSecret text={created} label="API key" copyLabel="Copy the key" />
          <p className="small muted">
            It can predict with this classifier only. Admins revoke keys in Settings.
          </p>
        </div>
      </FocusOnArrival>
    )
  return (
    <div className="grid gap-2">
      <p className="small">
        {isPublic
          ? 'Predictions do not currently require a key. With a key, a program has its own request limit, and it ' +
            'keeps working if a key is required later.'
          : 'Predictions require a key. A key that you create here works only for predictions with this classifier.'}
      </p>
      {denialReason === null ? (
        <div className="row">
          <Button size="small" isBusy={isBusy} onClick={() => void create()}>
            Create a key
          </Button>
        </div>
      ) : (
        <p className="small muted" role="note">
          {denialReason}
        </p>
      )}
      {failure && <ErrorNotice title="The key could not be created" failure={failure} />}
    </div>
  )
}
