'use client'
/** A text field for a class: an existing one, which the browser suggests, or a new one. */
import { useId } from 'react'
import { Input } from '#lib/ui/field.tsx'

type ClassFieldProps = {
  readonly label: string
  readonly value: string
  readonly classes: readonly string[]
  readonly isDisabled: boolean
  readonly isOptional?: boolean
  readonly onValue: (value: string) => void
}

export function ClassField({
  label,
  value,
  classes,
  isDisabled,
  isOptional = false,
  onValue,
}: ClassFieldProps) {
  const listId = useId()
  return (
    <>
      <Input
        label={label}
        list={listId}
        value={value}
        disabled={isDisabled}
        maxLength={200}
        required={!isOptional}
        hint="An existing or a new class."
        onChange={(event) => onValue(event.currentTarget.value)}
      />
      <datalist id={listId}>
        {classes.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}
