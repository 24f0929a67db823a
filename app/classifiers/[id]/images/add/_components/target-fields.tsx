'use client'
/** The classifier that receives the images: an existing one, or a new one with the options that are fixed
 *  before its first training run. */
import { useEffect, useEffectEvent, useRef, type RefObject } from 'react'
import { Card } from '#lib/ui/card.tsx'
import { Checkbox, Input, Select } from '#lib/ui/field.tsx'
import { idOf, type ClassifierOption } from './classifier-option.ts'

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
  readonly classifiers: readonly ClassifierOption[]
  readonly mayCreate: boolean
  readonly isDisabled: boolean
  readonly onChange: (target: Target) => void
}

export function TargetFields({ target, classifiers, mayCreate, isDisabled, onChange }: TargetProps) {
  const choose = (id: string) =>
    onChange(id === '' ? { kind: 'new', title: '', size: 64, isMirrorable: true } : { kind: 'existing', id })
  const list = useEarlyChoice(target.kind === 'existing' ? target.id : '', choose)
  const options = [
    ...classifiers.map(({ id, title }) => ({ value: id, label: title === id ? id : `${title} (${id})` })),
    ...(target.kind === 'existing' && !classifiers.some(({ id }) => id === target.id)
      ? [{ value: target.id, label: target.id }]
      : []),
    ...(mayCreate ? [{ value: '', label: 'New classifier…' }] : []),
  ]
  return (
    <Card title="Classifier">
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label="Classifier"
          ref={list}
          options={options}
          disabled={isDisabled}
          value={target.kind === 'existing' ? target.id : ''}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        {target.kind === 'new' && (
          <>
            <Input
              label="Name"
              value={target.title}
              maxLength={120}
              required
              disabled={isDisabled}
              onChange={(event) => onChange({ ...target, title: event.currentTarget.value })}
              hint={
                idOf(target.title) ? `ID (used in URLs): ${idOf(target.title)}` : 'For example, “My leaves”.'
              }
            />
            <Select
              label="Input resolution"
              disabled={isDisabled}
              value={String(target.size)}
              options={SIZES.map((size) => ({ value: String(size), label: `${size} × ${size} pixels` }))}
              onChange={(event) =>
                onChange({
                  ...target,
                  size: SIZES.find((size) => String(size) === event.currentTarget.value) ?? target.size,
                })
              }
              hint="A higher resolution shows finer details, but training takes longer."
            />
            <Checkbox
              label="Allow horizontal flipping during training"
              checked={target.isMirrorable}
              disabled={isDisabled}
              onChange={(event) => onChange({ ...target, isMirrorable: event.currentTarget.checked })}
              hint="Suitable for leaves and animals, but not for letters and digits."
            />
          </>
        )}
      </div>
    </Card>
  )
}

/** What a person chose before the scripts of the page had loaded: the list shows it already, and the form takes it
 *  over instead of changing it back. */
function useEarlyChoice(known: string, choose: (value: string) => void): RefObject<HTMLSelectElement | null> {
  const list = useRef<HTMLSelectElement>(null)
  const takeOver = useEffectEvent(() => {
    if (list.current && list.current.value !== known) choose(list.current.value)
  })
  useEffect(() => takeOver(), [])
  return list
}
