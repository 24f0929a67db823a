/** The filters of the history as a form that changes the URL. */
import Form from 'next/form'
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { Button, buttonProps } from '#lib/ui/button.tsx'
import { Input, Select } from '#lib/ui/field.tsx'
import { DECISION_LABELS } from '../../../../_components/decision-badge.tsx'
import type { Query } from '../../../../current-user.ts'
import { hasFilters, isLeastCertainFirst } from '../filters.ts'

const any = (label: string) => ({ value: '', label })

export function FilterForm({
  query,
  classifier,
  classes,
}: {
  readonly query: Query
  /** Its id. */
  readonly classifier: string
  readonly classes: readonly string[]
}) {
  const isDetailed = Boolean(query.version ?? query.min ?? query.max ?? query.since ?? query.until)
  return (
    <Form
      key={JSON.stringify(query)}
      action={classifierPage(classifier, 'history')}
      className="grid gap-4"
      role="search"
      aria-label="Filter the history"
    >
      <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        <Select
          label="Predicted class"
          name="class"
          defaultValue={query.class ?? ''}
          options={[any('Any class'), ...classes.map((name) => ({ value: name, label: name }))]}
        />
        <Select
          label="Confidence level"
          name="decision"
          defaultValue={query.decision ?? ''}
          options={[
            any('Any'),
            ...Object.entries(DECISION_LABELS).map(([value, [label]]) => ({ value, label })),
          ]}
        />
        <Select
          label="Feedback"
          name="feedback"
          defaultValue={query.feedback ?? ''}
          options={[
            any('Any'),
            { value: 'none', label: 'No feedback' },
            { value: 'correct', label: 'Correct' },
            { value: 'wrong', label: 'Incorrect' },
          ]}
        />
        <Select
          label="Order"
          name="sort"
          defaultValue={query.sort ?? ''}
          options={[
            { value: '', label: 'Newest first' },
            { value: 'least_certain', label: 'Least certain first' },
          ]}
        />
      </div>
      <details open={isDetailed}>
        <summary className="small">More filters</summary>
        <div className="mt-3 grid gap-4 sm:grid-cols-3 lg:grid-cols-5">
          <Input
            label="Version"
            name="version"
            defaultValue={query.version}
            placeholder="v2"
            pattern="v[1-9][0-9]*"
          />
          <Input
            label="Min. confidence, %"
            name="min"
            type="number"
            min={0}
            max={100}
            step="any"
            defaultValue={query.min}
          />
          <Input
            label="Max. confidence, %"
            name="max"
            type="number"
            min={0}
            max={100}
            step="any"
            defaultValue={query.max}
          />
          <Input label="From (UTC)" name="since" type="date" defaultValue={query.since} />
          <Input label="To (UTC)" name="until" type="date" defaultValue={query.until} />
        </div>
      </details>
      <div className="row">
        <Button type="submit">Filter</Button>
        {(hasFilters(query) || isLeastCertainFirst(query)) && (
          <Link href={classifierPage(classifier, 'history')} {...buttonProps({ variant: 'quiet' })}>
            Clear
          </Link>
        )}
      </div>
    </Form>
  )
}
