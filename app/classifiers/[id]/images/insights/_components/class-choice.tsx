'use client'
/** Selects the class whose images are shown, where there are too many for a row of links. The selection is in
 *  the URL; it changes with the button, not with each arrow key. */
import { useRouter } from 'next/navigation'
import { useState, useTransition, type FormEvent } from 'react'
import { Button } from '#lib/ui/button.tsx'
import { Select } from '#lib/ui/field.tsx'

type ClassChoiceProps = {
  readonly choices: readonly { readonly name: string; readonly address: string }[]
  readonly selected: string
}

export function ClassChoice({ choices, selected }: ClassChoiceProps) {
  const router = useRouter()
  const [isPending, startTransition] = useTransition()
  const [name, setName] = useState(selected)
  const show = (event: FormEvent) => {
    event.preventDefault()
    const choice = choices.find((one) => one.name === name)
    if (choice) startTransition(() => router.push(choice.address, { scroll: false }))
  }
  return (
    <form className="flex max-w-full items-end gap-2" onSubmit={show}>
      <div className="w-72 min-w-0">
        <Select
          label="Class"
          value={name}
          options={choices.map((one) => ({ value: one.name, label: one.name }))}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <div className="shrink-0">
        <Button type="submit" isBusy={isPending}>
          Show
        </Button>
      </div>
    </form>
  )
}
