'use client'
/** The first step: a name creates the classifier, and the address continues with it. */
import { useRouter } from 'next/navigation'
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Checkbox, Input } from '#lib/ui/field.tsx'
import { useMutation } from '../../../_components/use-mutation.ts'
import { idOf } from '../../[id]/images/add/_components/classifier-option.ts'
import { nameProblem } from '../../name-problem.ts'

/** `taken`: the ids of other classifiers. */
export function NameStep({ taken }: { readonly taken: readonly string[] }) {
  const router = useRouter()
  const [title, setTitle] = useState('')
  const [isMirrorable, setIsMirrorable] = useState(true)
  const { isBusy, failure, mutate } = useMutation()
  const id = idOf(title)
  const problem = nameProblem(title, taken)
  const create = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy || id === '' || problem !== undefined) return
    const made = await mutate(() =>
      call('POST /api/classifiers', { id, title: title.trim(), is_mirrorable: isMirrorable }),
    )
    if (made) router.replace(`/classifiers/new?classifier=${made.id}`)
  }
  return (
    <Card title="What should it recognise?">
      <form className="grid gap-4" onSubmit={(event) => void create(event)}>
        <div className="max-w-md">
          <Input
            label="Name"
            value={title}
            maxLength={120}
            required
            autoComplete="off"
            onChange={(event) => setTitle(event.currentTarget.value)}
            hint={id === '' ? 'For example, “My leaves”. You can change it later.' : `In addresses: ${id}`}
            error={problem}
          />
        </div>
        <Checkbox
          label="A mirrored image still shows the same thing"
          checked={isMirrorable}
          onChange={(event) => setIsMirrorable(event.currentTarget.checked)}
          hint="True for leaves, animals and most objects. Not for letters, digits or left and right hands."
        />
        {failure && <ErrorNotice title="The classifier was not created" failure={failure} />}
        <div>
          <Button
            type="submit"
            variant="primary"
            isBusy={isBusy}
            disabled={id === '' || problem !== undefined}
          >
            Continue to the images
          </Button>
        </div>
      </form>
    </Card>
  )
}
