'use client'
/** Chooses the class whose pictures are shown, where there are too many for a row of links; the choice stands
 *  in the address. */
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { Select } from '#lib/ui/field.tsx'

type ClassChoiceProps = {
  readonly choices: readonly { readonly name: string; readonly address: string }[]
  readonly chosen: string
}

export function ClassChoice({ choices, chosen }: ClassChoiceProps) {
  const router = useRouter()
  const [isGoing, go] = useTransition()
  return (
    <div className="w-72 max-w-full">
      <Select
        label="Show"
        value={chosen}
        aria-busy={isGoing}
        options={choices.map(({ name }) => ({ value: name, label: name }))}
        onChange={(event) => {
          const choice = choices.find(({ name }) => name === event.currentTarget.value)
          if (choice) go(() => router.push(choice.address, { scroll: false }))
        }}
      />
    </div>
  )
}
