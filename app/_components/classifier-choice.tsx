'use client'
/** Chooses the classifier that a page is about; the choice stands in the address. */
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useTransition } from 'react'
import { Select } from '#lib/ui/field.tsx'

export function ClassifierChoice({
  classifiers,
  chosen,
}: {
  readonly classifiers: readonly { readonly id: string; readonly title: string }[]
  readonly chosen: string
}) {
  const router = useRouter()
  const path = usePathname()
  const query = useSearchParams()
  const [isGoing, go] = useTransition()
  const choose = (id: string) =>
    go(() => {
      const view = query.get('view')
      router.push(`${path}?classifier=${id}${view ? `&view=${view}` : ''}`)
    })
  return (
    <div className="w-60 max-w-full">
      <Select
        label="Classifier"
        value={chosen}
        aria-busy={isGoing}
        onChange={(event) => choose(event.currentTarget.value)}
        options={classifiers.map(({ id, title }) => ({
          value: id,
          label: title === id ? id : `${title} (${id})`,
        }))}
      />
    </div>
  )
}
