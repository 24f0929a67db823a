'use client'
/** The filters of the image list. A choice applies at once; the search applies with Enter or its button. */
import { useRouter } from 'next/navigation'
import { Button } from '#lib/ui/button.tsx'
import { Checkbox, Input, Select, type Option } from '#lib/ui/field.tsx'
import type { FindingKind } from '#lib/domain/findings/finding.ts'
import type { Query } from '../../../../current-user.ts'
import { imagesAddress, type QueryName } from '../filters.ts'
import { FINDING_TEXTS } from '../findings/_components/finding-texts.ts'

const ANY: Option = { value: '', label: 'All' }
const SETS: readonly Option[] = [
  ANY,
  { value: 'train', label: 'Training set' },
  { value: 'validation', label: 'Validation set' },
  { value: 'test', label: 'Test set' },
]
const STATES: readonly Option[] = [
  { value: '', label: 'All except trash' },
  { value: 'active', label: 'Used' },
  { value: 'excluded', label: 'Excluded from training' },
  { value: 'unlabelled', label: 'Without a label' },
  { value: 'trashed', label: 'In the trash' },
]
const SOURCES: readonly Option[] = [
  ANY,
  { value: 'upload', label: 'Uploads' },
  { value: 'feedback', label: 'Corrections' },
  { value: 'dataset', label: 'Dataset' },
]
const CERTAINTIES: readonly Option[] = [
  ANY,
  ...[50, 70, 90].map((percent) => ({ value: String(percent), label: `Below ${percent} %` })),
]
const SORTS: readonly Option[] = [
  { value: '', label: 'Newest first' },
  { value: 'oldest', label: 'Oldest first' },
  { value: 'name', label: 'File name' },
  { value: 'least_certain', label: 'Least certain first' },
]

type FilterBarProps = {
  readonly classifier: string
  readonly query: Query
  readonly classes: readonly string[]
  readonly uploads: readonly Option[]
  /** Kinds of findings that there are. */
  readonly findings: readonly FindingKind[]
  /** How many filters are set. */
  readonly count: number
  /** Whether predictions for these images are stored: without them no filter by prediction finds any. */
  readonly hasPredictions: boolean
}

export function FilterBar({
  classifier,
  query,
  classes,
  uploads,
  findings,
  count,
  hasPredictions,
}: FilterBarProps) {
  const router = useRouter()
  const apply = (change: Partial<Record<QueryName, string>>) =>
    router.push(imagesAddress(classifier, query, change), { scroll: false })
  const classOptions = [ANY, ...classes.map((name) => ({ value: name, label: name }))]
  const choice = (name: QueryName, label: string, options: readonly Option[]) => (
    <Select
      label={label}
      options={options}
      value={query[name] ?? ''}
      onChange={(event) => apply({ [name]: event.target.value })}
    />
  )
  return (
    <div className="image-filters">
      <form
        key={query.q ?? ''}
        role="search"
        className="image-search"
        onSubmit={(event) => {
          event.preventDefault()
          apply({ q: String(new FormData(event.currentTarget).get('q') ?? '').trim() })
        }}
      >
        <Input
          label="File name"
          type="search"
          placeholder="Part of the name"
          maxLength={255}
          name="q"
          defaultValue={query.q ?? ''}
        />
        <Button type="submit" size="small">
          Search
        </Button>
      </form>
      {choice('class', 'Class', classOptions)}
      {choice('sort', 'Order', SORTS)}
      <details className="image-more-filters" open={count > 0 || undefined}>
        <summary>More filters{count > 0 ? ` (${count} set)` : ''}</summary>
        <div className="image-filters">
          {choice('state', 'State', STATES)}
          {choice('set', 'Set', SETS)}
          {choice('source', 'Source', SOURCES)}
          {uploads.length > 0 && choice('upload', 'Upload', [ANY, ...uploads])}
          {findings.length > 0 &&
            choice('finding', 'Problem', [
              ANY,
              ...findings.map((kind) => ({ value: kind, label: FINDING_TEXTS[kind].title })),
            ])}
          {hasPredictions && choice('predicted', 'Predicted class', classOptions)}
          {hasPredictions && choice('certainty', 'Confidence', CERTAINTIES)}
          {hasPredictions && (
            <Checkbox
              label="Prediction differs from label"
              checked={query.differs === 'yes'}
              onChange={(event) => apply({ differs: event.target.checked ? 'yes' : '' })}
            />
          )}
          {query.image && (
            <Button size="small" onClick={() => apply({ image: '' })}>
              Only one image: show all
            </Button>
          )}
          {query.area && (
            <Button size="small" onClick={() => apply({ area: '' })}>
              Only a part of the map: show all
            </Button>
          )}
          {count > 0 && (
            <Button size="small" variant="quiet" onClick={() => router.push(imagesAddress(classifier, {}))}>
              Clear filters
            </Button>
          )}
        </div>
      </details>
    </div>
  )
}
