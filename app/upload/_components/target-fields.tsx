'use client'
/** For which classifier pictures are brought: one that exists, or a new one with what must be known before
 *  its first training. */
import { Card } from '#lib/ui/card.tsx'
import { Checkbox, Input, Select } from '#lib/ui/field.tsx'
import type { Known } from './known-classifier.ts'
import { idOf } from './known-classifier.ts'

const SIZES = [28, 32, 64, 96] as const
export type Target =
  | { readonly kind: 'existing'; readonly id: string }
  | {
      readonly kind: 'new'
      readonly title: string
      readonly size: (typeof SIZES)[number]
      readonly isMirrorable: boolean
    }

type TargetProps = {
  readonly target: Target
  readonly classifiers: readonly Known[]
  readonly mayCreate: boolean
  readonly isDisabled: boolean
  readonly onChange: (target: Target) => void
}

export function TargetFields({ target, classifiers, mayCreate, isDisabled, onChange }: TargetProps) {
  const choose = (id: string) =>
    onChange(id === '' ? { kind: 'new', title: '', size: 64, isMirrorable: true } : { kind: 'existing', id })
  const options = [
    ...classifiers.map(({ id, title }) => ({ value: id, label: title === id ? id : `${title} (${id})` })),
    ...(target.kind === 'existing' && !classifiers.some(({ id }) => id === target.id)
      ? [{ value: target.id, label: target.id }]
      : []),
    ...(mayCreate ? [{ value: '', label: 'A new classifier …' }] : []),
  ]
  return (
    <Card title="For which classifier">
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label="Classifier"
          options={options}
          disabled={isDisabled}
          value={target.kind === 'existing' ? target.id : ''}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        {target.kind === 'new' && (
          <>
            <Input
              label="Its name"
              value={target.title}
              maxLength={120}
              required
              disabled={isDisabled}
              onChange={(event) => onChange({ ...target, title: event.currentTarget.value })}
              hint={idOf(target.title) ? `In addresses: ${idOf(target.title)}` : 'Such as “My leaves”.'}
            />
            <Select
              label="Looks at pictures in"
              disabled={isDisabled}
              value={String(target.size)}
              options={SIZES.map((size) => ({ value: String(size), label: `${size} × ${size} pixels` }))}
              onChange={(event) =>
                onChange({
                  ...target,
                  size: SIZES.find((size) => String(size) === event.currentTarget.value) ?? target.size,
                })
              }
              hint="More pixels show finer details and take longer to learn."
            />
            <Checkbox
              label="A mirrored picture still shows its class"
              checked={target.isMirrorable}
              disabled={isDisabled}
              onChange={(event) => onChange({ ...target, isMirrorable: event.currentTarget.checked })}
              hint="True for leaves and animals; not for letters and digits."
            />
          </>
        )}
      </div>
    </Card>
  )
}
