/** The stored predictions, newest first; the filters and the page of the list are in the URL. */
import Link from 'next/link'
import { addressOf } from '#lib/contracts/client.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Icon } from '#lib/ui/icon.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../_components/page-help.tsx'
import { PermissionGate } from '../../../_components/permission-gate.tsx'
import { resultOf, requireViewer, queryOf, type Query } from '../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../classifier-of-page.ts'
import {
  addressWith,
  exportFilters,
  filtersOf,
  hasFilters,
  isLeastCertainFirst,
  reviewQueue,
} from './filters.ts'
import { DeleteAll } from './_components/delete-predictions.tsx'
import { FilterForm } from './_components/filter-form.tsx'
import { PredictionList } from './_components/history-table.tsx'

export const metadata = { title: 'History' }
const PAGE = 50

export default async function History(props: ClassifierPageProps) {
  const query = await queryOf(props)
  const { id, title, classes } = await classifierOfPage(props.params)
  const user = await requireViewer(classifierPage(id, 'history', query))
  const { context } = user
  const { queries } = darkroom()
  const filters = filtersOf(id, query)
  const list = await resultOf(context, () => queries.listPredictions({ ...filters, limit: PAGE }))
  return (
    <div className="stack">
      <PageHead title="History" lead={`All saved predictions of ${title} with confidence and feedback.`}>
        {!isLeastCertainFirst(query) && (
          <Link href={reviewQueue(id)} {...buttonProps()}>
            Review the least certain
          </Link>
        )}
        <PageHelp topic="history" />
      </PageHead>
      <FilterForm query={query} classifier={id} classes={classes} />
      {!list.ok && <ErrorNotice title="The history cannot be shown" failure={list.failure} />}
      {list.ok && list.value.predictions.length === 0 && (
        <NoPredictions classifier={id} isFiltered={hasFilters(query)} />
      )}
      {list.ok && list.value.predictions.length > 0 && (
        <Card
          title={counted(list.value.total, 'prediction')}
          aside={
            <span className="row gap-1">
              <span className="small muted">Export all as</span>
              {(['csv', 'jsonl'] as const).map((format) => (
                <a
                  key={format}
                  href={addressOf('GET /api/predictions/export', { ...exportFilters(filters), format })}
                  download
                  {...buttonProps({ size: 'small', variant: 'quiet' })}
                >
                  <Icon name="download" />
                  {format.toUpperCase()}
                </a>
              ))}
              {user.may('admin') && (
                <DeleteAll
                  filters={exportFilters(filters)}
                  total={list.value.total}
                  isFiltered={hasFilters(query)}
                />
              )}
            </span>
          }
        >
          <PermissionGate user={user} scope="feedback" action="correct predictions" />
          <PredictionList
            key={JSON.stringify(query)}
            mayGiveFeedback={user.may('feedback')}
            mayDelete={user.may('admin')}
            predictions={list.value.predictions}
            classes={classes}
          />
          <Pages classifier={id} query={query} next={list.value.next_cursor} />
        </Card>
      )}
    </div>
  )
}

function NoPredictions({
  classifier,
  isFiltered,
}: {
  readonly classifier: string
  readonly isFiltered: boolean
}) {
  return isFiltered ? (
    <EmptyState
      icon="history"
      title="No matching predictions"
      action={
        <Link href={classifierPage(classifier, 'history')} {...buttonProps()}>
          Clear filters
        </Link>
      }
    />
  ) : (
    <EmptyState
      icon="history"
      title="No predictions yet"
      action={
        <Link href={classifierPage(classifier, 'predict')} {...buttonProps({ variant: 'primary' })}>
          Predict
        </Link>
      }
    >
      Predictions appear here. Your feedback on them is used for training.
    </EmptyState>
  )
}

function Pages({
  classifier,
  query,
  next,
}: {
  readonly classifier: string
  readonly query: Query
  readonly next: string | null
}) {
  if (!next && !query.cursor) return null
  return (
    <nav className="row" aria-label="Pages of the history">
      {query.cursor && (
        <Link
          href={addressWith(classifier, query, { cursor: undefined })}
          {...buttonProps({ size: 'small' })}
        >
          {isLeastCertainFirst(query) ? 'Least certain' : 'Newest'}
        </Link>
      )}
      {next && (
        <Link href={addressWith(classifier, query, { cursor: next })} {...buttonProps({ size: 'small' })}>
          {isLeastCertainFirst(query) ? 'More certain' : 'Older'}
        </Link>
      )}
    </nav>
  )
}
