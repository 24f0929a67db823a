'use client'
/** Chooses what new and corrected images lead to, and after how many. */
import { useState, type FormEvent } from 'react'
import type { AutoRetrainAnswer } from '#lib/contracts/auto-retrain.ts'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Select } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useMutation } from '../../../../_components/use-mutation.ts'

const POLICIES = [
  { value: 'off', label: 'Do nothing' },
  { value: 'suggest', label: 'Suggest a training run' },
  { value: 'on', label: 'Train in the background' },
] as const
const AFTER = [5, 10, 20, 50, 100, 500] as const
const HINT =
  'In the background only the last layer is trained, which takes seconds. As always, the new version is compared ' +
  'with the live one.'
/** Instead of a choice of this classifier. */
const SETTING = 'setting'

export function AutoRetrainForm({
  automatic: { classifier: id, policy, after, is_own_policy: isOwnPolicy, is_own_after: isOwnAfter },
}: {
  readonly automatic: AutoRetrainAnswer
}) {
  const [chosenPolicy, setPolicy] = useState(isOwnPolicy ? policy : SETTING)
  const [chosenAfter, setAfter] = useState(isOwnAfter ? String(after) : SETTING)
  const { isBusy, failure, mutate } = useMutation()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    const saved = await mutate(() =>
      call('PATCH /api/classifiers/{id}/auto-retrain', {
        id,
        policy: POLICIES.find(({ value }) => value === chosenPolicy)?.value ?? null,
        after: afterOf(chosenAfter),
      }),
    )
    if (saved) toast('Saved.')
  }
  const named = POLICIES.find(({ value }) => value === policy)!.label.toLowerCase()
  const numbers = AFTER.some((one) => one === after) || after === 'nightly' ? AFTER : [after, ...AFTER]
  return (
    <form className="grid gap-4" onSubmit={(event) => void save(event)}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label="After new or corrected images"
          value={chosenPolicy}
          options={[
            { value: SETTING, label: isOwnPolicy ? 'As in Settings' : `As in Settings (${named})` },
            ...POLICIES,
          ]}
          onChange={(event) => setPolicy(event.currentTarget.value)}
          hint={HINT}
        />
        <Select
          label="When"
          disabled={chosenPolicy === 'off' || (chosenPolicy === SETTING && policy === 'off')}
          value={chosenAfter}
          options={[
            { value: SETTING, label: isOwnAfter ? 'As in Settings' : `As in Settings (${whenText(after)})` },
            ...numbers.map((count) => ({ value: String(count), label: whenText(count) })),
            { value: 'nightly', label: whenText('nightly') },
          ]}
          onChange={(event) => setAfter(event.currentTarget.value)}
        />
      </div>
      {failure && <ErrorNotice title="The choice was not saved" failure={failure} />}
      <div className="row">
        {/* not disabled while it saves: it would lose the focus */}
        <Button type="submit" size="small" aria-busy={isBusy || undefined}>
          Save
        </Button>
      </div>
    </form>
  )
}

function afterOf(value: string): number | 'nightly' | null {
  if (value === SETTING) return null
  return value === 'nightly' ? value : Number(value)
}

const whenText = (after: number | 'nightly'): string =>
  after === 'nightly' ? 'at night' : `after ${after} ${after === 1 ? 'image' : 'images'}`
