'use client'
/** Chooses which result of the comparison makes a new version live. */
import { useState, type FormEvent } from 'react'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Select } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useMutation } from '../../../../_components/use-mutation.ts'

const CHOICES = [
  { value: 'not_worse', label: 'If it is at least as good' },
  { value: 'better', label: 'Only if it is better' },
  { value: 'off', label: 'Never; I promote versions myself' },
] as const
/** Instead of a choice of this classifier. */
const SETTING = 'setting'

type PromotionFormProps = {
  readonly id: string
  readonly choice: ClassifierAnswer['auto_promote']
  /** The setting of the installation. */
  readonly common: string
}

export function PromotionForm({ id, choice, common }: PromotionFormProps) {
  const [chosen, setChosen] = useState<string>(choice ?? SETTING)
  const { isBusy, failure, mutate } = useMutation()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    const value = CHOICES.find((one) => one.value === chosen)?.value ?? null
    if (await mutate(() => call('PATCH /api/classifiers/{id}', { id, auto_promote: value }))) toast('Saved.')
  }
  const named = CHOICES.find(({ value }) => value === common)?.label.toLowerCase() ?? common
  return (
    <form className="grid gap-4" onSubmit={(event) => void save(event)}>
      <div className="max-w-md">
        <Select
          label="A new version goes live"
          value={chosen}
          options={[{ value: SETTING, label: `As in Settings (${named})` }, ...CHOICES]}
          onChange={(event) => setChosen(event.currentTarget.value)}
          hint="Each training run compares its version with the live one. The first version always goes live."
        />
      </div>
      {failure && <ErrorNotice title="The choice was not saved" failure={failure} />}
      <div className="row">
        <Button type="submit" size="small" aria-busy={isBusy || undefined}>
          Save choice
        </Button>
      </div>
    </form>
  )
}
