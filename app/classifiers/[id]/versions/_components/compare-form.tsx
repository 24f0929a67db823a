/** Selects two versions to compare; the selection is in the URL. */
import Form from 'next/form'
import type { VersionAnswer } from '#lib/contracts/models.ts'
import { Button } from '#lib/ui/button.tsx'
import { Select } from '#lib/ui/field.tsx'

export function CompareForm({
  models,
  classifier,
  candidate,
  base,
}: {
  readonly models: readonly VersionAnswer[]
  readonly classifier: string
  readonly candidate: string
  readonly base: string
}) {
  const options = models.map(({ id, version, is_live: isLive }) => ({
    value: id,
    label: isLive ? `${version} (live)` : version,
  }))
  return (
    <Form action="/models" scroll={false} className="flex flex-wrap items-end gap-4">
      <input type="hidden" name="classifier" value={classifier} />
      <div className="min-w-44 flex-1 sm:flex-none">
        <Select
          label="Version A"
          name="challenger"
          options={options}
          defaultValue={candidate}
          key={`challenger ${candidate}`}
        />
      </div>
      <div className="min-w-44 flex-1 sm:flex-none">
        <Select label="Version B" name="with" options={options} defaultValue={base} key={`base ${base}`} />
      </div>
      <Button type="submit" variant="primary">
        Compare
      </Button>
    </Form>
  )
}
