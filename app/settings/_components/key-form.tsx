'use client'
/** Creates an API key, and shows it once. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { KeyAnswer } from '#lib/contracts/people.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { CopyableSecret } from '#lib/ui/copyable-secret.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Checkbox, Input, Select } from '#lib/ui/field.tsx'
import { useMutation } from '../../_components/use-mutation.ts'

type KeyScope = KeyAnswer['scopes'][number]
type CreatedKey = { readonly name: string; readonly key: string }

const SCOPES: readonly (readonly [scope: KeyScope, description: string])[] = [
  ['predict', 'Make predictions'],
  ['user', 'Read the history and images, give feedback'],
  ['upload', 'Upload images'],
  ['train', 'Train, promote, evaluate'],
  ['admin', 'Everything'],
]
const EXPIRY_CHOICES: readonly { readonly value: string; readonly label: string }[] = [
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
  { value: '', label: 'never' },
]
const ALL = ''

export function KeyForm({ classifiers }: { readonly classifiers: readonly string[] }) {
  const { isBusy, failure, mutate } = useMutation()
  const [created, setCreated] = useState<CreatedKey | null>(null)

  const create = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const scopes = SCOPES.map(([scope]) => scope).filter((scope) => fields.getAll('scope').includes(scope))
    const text = (name: string) => String(fields.get(name) ?? '')
    const answer = await mutate(() =>
      call('POST /api/keys', {
        name: text('name'),
        scopes,
        ...(text('days') !== '' && { expires_in_days: Number(text('days')) }),
        ...(text('classifier') !== ALL && { classifier: text('classifier') }),
      }),
    )
    if (!answer) return
    form.reset()
    setCreated(answer)
  }

  return (
    <>
      <Card title="Create API key">
        <form className="grid gap-4" onSubmit={(event) => void create(event)}>
          <div className="max-w-md">
            <Input
              label="Name"
              name="name"
              required
              maxLength={80}
              autoComplete="off"
              placeholder="For example, Packing-line camera"
            />
          </div>
          <fieldset className="grid gap-2">
            <legend className="small mb-2 font-semibold">Scopes</legend>
            {SCOPES.map(([scope, description]) => (
              <Checkbox
                key={scope}
                label={scope}
                hint={description}
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
              options={EXPIRY_CHOICES}
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
          {failure && <ErrorNotice title="The key could not be created" failure={failure} />}
          <div>
            <Button type="submit" variant="primary" isBusy={isBusy}>
              Create key
            </Button>
          </div>
        </form>
      </Card>
      <CreatedKeyDialog created={created} onClose={() => setCreated(null)} />
    </>
  )
}

function CreatedKeyDialog({
  created,
  onClose,
}: {
  readonly created: CreatedKey | null
  readonly onClose: () => void
}) {
  return (
    <Dialog
      isOpen={created !== null}
      title={`API key “${created?.name ?? ''}”`}
      onClose={onClose}
      actions={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <p>
        <strong>Copy the key now. It is shown only once.</strong> Darkroom stores only a hash of it.
      </p>
      <CopyableSecret text={created?.key ?? ''} label="API key" copyLabel="Copy the key" />
      <p className="small muted">
        Send it as <code>Authorization: Bearer …</code> or <code>X-API-Key: …</code>.
      </p>
    </Dialog>
  )
}
