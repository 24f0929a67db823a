'use client'
/** Chooses what new and corrected images lead to, and after how many; saved when it is changed. */
import type { AutoRetrainAnswer } from '#lib/contracts/auto-retrain.ts'
import { call } from '#lib/contracts/client.ts'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Select } from '#lib/ui/field.tsx'
import { useMutation } from '../../_components/use-mutation.ts'

const POLICIES = [
  { value: 'off', label: 'Do nothing' },
  { value: 'suggest', label: 'Suggest a training run' },
  { value: 'on', label: 'Train in the background' },
] as const
const AFTER = [5, 10, 20, 50, 100, 500] as const
const HINT =
  'In the background only the last layer is trained, which takes seconds. The new version is compared with the ' +
  'live version, as always.'
/** Instead of a choice of this classifier. */
const SETTING = 'setting'

export function AutoRetrainForm({
  automatic: { classifier: id, policy, after, is_own_policy: isOwnPolicy, is_own_after: isOwnAfter },
}: {
  readonly automatic: AutoRetrainAnswer
}) {
  const { isBusy, failure, mutate } = useMutation()
  const choosePolicy = (value: string) =>
    mutate(() =>
      call('PATCH /api/classifiers/{id}/auto-retrain', {
        id,
        policy: POLICIES.find((one) => one.value === value)?.value ?? null,
      }),
    )
  const chooseAfter = (value: string) =>
    mutate(() => call('PATCH /api/classifiers/{id}/auto-retrain', { id, after: afterOf(value) }))
  const named = POLICIES.find(({ value }) => value === policy)!.label.toLowerCase()
  const numbers = AFTER.some((one) => one === after) || after === 'nightly' ? AFTER : [after, ...AFTER]
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label="After new or corrected images"
          disabled={isBusy}
          value={isOwnPolicy ? policy : SETTING}
          options={[
            { value: SETTING, label: isOwnPolicy ? 'As in Settings' : `As in Settings (${named})` },
            ...POLICIES,
          ]}
          onChange={(event) => void choosePolicy(event.currentTarget.value)}
          hint={HINT}
        />
        <Select
          label="When"
          disabled={isBusy || policy === 'off'}
          value={isOwnAfter ? String(after) : SETTING}
          options={[
            { value: SETTING, label: isOwnAfter ? 'As in Settings' : `As in Settings (${whenText(after)})` },
            ...numbers.map((count) => ({ value: String(count), label: whenText(count) })),
            { value: 'nightly', label: whenText('nightly') },
          ]}
          onChange={(event) => void chooseAfter(event.currentTarget.value)}
        />
      </div>
      {failure && <ErrorNotice title="The choice was not saved" failure={failure} />}
    </>
  )
}

function afterOf(value: string): number | 'nightly' | null {
  if (value === SETTING) return null
  return value === 'nightly' ? value : Number(value)
}

const whenText = (after: number | 'nightly'): string =>
  after === 'nightly' ? 'at night' : `after ${after} ${after === 1 ? 'image' : 'images'}`
