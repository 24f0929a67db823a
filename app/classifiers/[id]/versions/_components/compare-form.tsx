/** Selects two versions to compare; the selection is in the URL. */
import Form from 'next/form'
import type { VersionAnswer } from '#lib/contracts/models.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
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
  readonly candidate: string | undefined
  readonly base: string | undefined
}) {
  const options = models.map(({ version, is_live: isLive }) => ({
    value: version,
    label: isLive ? `${version} (live)` : version,
  }))
  return (
    <Form
      action={classifierPage(classifier, 'versions/compare')}
      scroll={false}
      className="flex flex-wrap items-end gap-4"
    >
      <div className="min-w-44 flex-1 sm:flex-none">
        <Select
          label="Version A"
          name="a"
          options={options}
          defaultValue={candidate}
          key={`a ${candidate}`}
        />
      </div>
      <div className="min-w-44 flex-1 sm:flex-none">
        <Select label="Version B" name="b" options={options} defaultValue={base} key={`b ${base}`} />
      </div>
      <Button type="submit" variant="primary">
        Compare
      </Button>
    </Form>
  )
}
