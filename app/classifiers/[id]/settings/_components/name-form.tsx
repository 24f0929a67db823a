'use client'
/** The name of a classifier, and whether training may mirror its images. Its id never changes. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Checkbox, Input } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useMutation } from '../../../../_components/use-mutation.ts'

type NameFormProps = { readonly id: string; readonly title: string; readonly isMirrorable: boolean }

export function NameForm({ id, title, isMirrorable }: NameFormProps) {
  const [name, setName] = useState(title)
  const [mirrors, setMirrors] = useState(isMirrorable)
  const { isBusy, failure, mutate } = useMutation()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy || name.trim() === '') return
    const saved = await mutate(() =>
      call('PATCH /api/classifiers/{id}', { id, title: name.trim(), is_mirrorable: mirrors }),
    )
    if (saved) toast('Saved.')
  }
  return (
    <form className="grid gap-4" onSubmit={(event) => void save(event)}>
      <div className="max-w-md">
        <Input
          label="Name"
          value={name}
          maxLength={120}
          required
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
          hint={
            <>
              The ID <code>{id}</code>, which scripts and addresses use, stays the same.
            </>
          }
        />
      </div>
      <Checkbox
        label="Allow horizontal flipping during training"
        checked={mirrors}
        onChange={(event) => setMirrors(event.currentTarget.checked)}
        hint="Suitable for leaves and animals, but not for letters and digits. Applies from the next training run."
      />
      {failure && <ErrorNotice title="The change was not saved" failure={failure} />}
      <div className="row">
        {/* not disabled while it saves: it would lose the focus */}
        <Button type="submit" size="small" aria-busy={isBusy || undefined}>
          Save name
        </Button>
      </div>
    </form>
  )
}
