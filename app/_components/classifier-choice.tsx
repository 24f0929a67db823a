'use client'
/** Selects the classifier that a page shows. The selection is in the URL; it changes with the button, not
 *  with each arrow key. */
import Form from 'next/form'
import { usePathname, useSearchParams } from 'next/navigation'
import { Button } from '#lib/ui/button.tsx'
import { Select } from '#lib/ui/field.tsx'

export function ClassifierChoice({
  classifiers,
  selected,
}: {
  readonly classifiers: readonly { readonly id: string; readonly title: string }[]
  readonly selected: string
}) {
  const path = usePathname()
  const view = useSearchParams().get('view')
  return (
    <Form action={path} className="flex max-w-full items-end gap-2">
      <div className="w-60 min-w-0 flex-1">
        <Select
          key={selected}
          label="Classifier"
          name="classifier"
          defaultValue={selected}
          options={classifiers.map(({ id, title }) => ({
            value: id,
            label: title === id ? id : `${title} (${id})`,
          }))}
        />
      </div>
      {view && <input type="hidden" name="view" value={view} />}
      <div className="shrink-0">
        <Button type="submit">Switch</Button>
      </div>
    </Form>
  )
}
