/** Answered pictures, newest first; the filters and the place in the list stand in the address. */
import Link from 'next/link'
import { addressOf } from '#lib/contracts/client.ts'
import type { KeptPrediction } from '#lib/contracts/predictions.ts'
import { counted } from '#lib/domain/counted.ts'
import { darkroom } from '#lib/http/context.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Icon } from '#lib/ui/icon.tsx'
import { Thumbnail } from '#lib/ui/image-tile.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { Table } from '#lib/ui/table.tsx'
import { DecisionBadge } from '../_components/decision-badge.tsx'
import { FeedbackButtons } from '../_components/feedback-buttons.tsx'
import { Offered } from '../_components/offered.tsx'
import { answered, knownVisitor, queryOf, type PageProps, type Query } from '../visitor.ts'
import { addressWith, exportFilters, filtersOf, hasFilters } from './filters.ts'
import { DeleteAll, DeleteOne } from './_components/delete-predictions.tsx'
import { FilterForm } from './_components/filter-form.tsx'

export const metadata = { title: 'History' }
const PAGE = 50

export default async function History(props: PageProps) {
  const query = await queryOf(props)
  const who = await knownVisitor('/history')
  const { asked } = who
  const { data } = darkroom()
  const { classifiers } = await data.listClassifiers({}, asked)
  const filters = filtersOf(query)
  const list = await answered(asked, () => data.listPredictions({ ...filters, limit: PAGE }, asked))
  const classes = classifiers.filter(({ id }) => !filters.classifier || id === filters.classifier)
  return (
    <div className="stack">
      <PageHead
        title="History"
        lead="Every picture that was answered and kept: what it was taken for, how surely, and what people said to it."
      />
      <FilterForm
        query={query}
        classifiers={classifiers.map(({ id, title }) => ({ id, title }))}
        classes={[...new Set(classes.flatMap((one) => one.classes))]}
      />
      {!list.ok && <ErrorNotice title="The history cannot be shown" failure={list.failure} />}
      {list.ok && list.value.predictions.length === 0 && <Nothing isFiltered={hasFilters(query)} />}
      {list.ok && list.value.predictions.length > 0 && (
        <Card
          title={counted(list.value.total, 'prediction')}
          aside={
            <span className="row" style={{ gap: '0.25rem' }}>
              <span className="small muted">Export all as</span>
              {(['csv', 'jsonl'] as const).map((format) => (
                <a
                  key={format}
                  href={addressOf('GET /api/predictions/export', { ...exportFilters(filters), format })}
                  download
                  {...looksLikeButton({ size: 'small', variant: 'quiet' })}
                >
                  <Icon name="download" />
                  {format.toUpperCase()}
                </a>
              ))}
              {who.may('admin') && (
                <DeleteAll
                  filters={exportFilters(filters)}
                  total={list.value.total}
                  isFiltered={hasFilters(query)}
                />
              )}
            </span>
          }
        >
          <Offered to={who} scope="feedback" action="correct predictions" />
          <Predictions
            mayGiveFeedback={who.may('feedback')}
            mayDelete={who.may('admin')}
            predictions={list.value.predictions}
            classesOf={(id) => classifiers.find((one) => one.id === id)?.classes ?? []}
          />
          <Pages query={query} next={list.value.next_cursor} />
        </Card>
      )}
    </div>
  )
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState
      icon="history"
      title="Nothing fits these filters"
      action={
        <Link href="/history" {...looksLikeButton()}>
          Show everything
        </Link>
      }
    />
  ) : (
    <EmptyState
      icon="history"
      title="Nothing answered yet"
      action={
        <Link href="/predict" {...looksLikeButton({ variant: 'primary' })}>
          Ask about a picture
        </Link>
      }
    >
      Each answered picture is kept here, so that it can be corrected and learnt from.
    </EmptyState>
  )
}

type PredictionsProps = {
  readonly predictions: readonly KeptPrediction[]
  readonly classesOf: (classifier: string) => readonly string[]
  readonly mayGiveFeedback: boolean
  readonly mayDelete: boolean
}

function Predictions({ predictions, classesOf, mayGiveFeedback, mayDelete }: PredictionsProps) {
  return (
    <Table
      caption="Predictions, newest first"
      isCaptionHidden
      variant="lines"
      rows={predictions}
      keyOf={({ id }) => id}
      columns={[
        {
          name: 'Picture',
          line: 'beside',
          cell: (one) => (
            <span className="row flex-nowrap">
              {one.image_url && (
                <Thumbnail src={`${one.image_url}?size=96`} alt={one.filename ?? 'the picture'} />
              )}
              <span className="min-w-0 max-w-56 text-left font-normal max-sm:sr-only">
                {one.filename ?? 'unnamed'}
                <br />
                <span className="muted">
                  {one.width} × {one.height}
                </span>
              </span>
            </span>
          ),
        },
        {
          name: 'Answer',
          cell: (one) => (
            <Link className="font-bold" href={`/predict?classifier=${one.classifier}&result=${one.id}`}>
              {one.predicted_class}
              <span className="sr-only">: all that is known of this answer</span>
            </Link>
          ),
        },
        { name: 'Confidence', isNumeric: true, cell: (one) => <FigureNumber share={one.confidence} /> },
        { name: 'How sure', cell: (one) => <DecisionBadge decision={one.decision} /> },
        { name: 'By', line: 'none', cell: (one) => `${one.classifier} ${one.model_version}` },
        { name: 'When', line: 'second', cell: (one) => <RelativeTime at={one.timestamp} /> },
        {
          name: 'Right?',
          line: 'second',
          cell: (one) => (
            <FeedbackButtons
              predictionId={one.id}
              answer={one.predicted_class}
              classes={classesOf(one.classifier)}
              given={one.feedback}
              mayChange={mayGiveFeedback}
            />
          ),
        },
        ...(mayDelete
          ? [
              {
                name: 'Delete',
                line: 'second' as const,
                cell: (one: KeptPrediction) => (
                  <DeleteOne id={one.id} name={one.filename ?? 'an unnamed image'} />
                ),
              },
            ]
          : []),
      ]}
    />
  )
}

function Pages({ query, next }: { query: Query; next: string | null }) {
  if (!next && !query.cursor) return null
  return (
    <nav className="row" aria-label="Pages of the history">
      {query.cursor && (
        <Link href={addressWith(query, { cursor: undefined })} {...looksLikeButton({ size: 'small' })}>
          Newest
        </Link>
      )}
      {next && (
        <Link href={addressWith(query, { cursor: next })} {...looksLikeButton({ size: 'small' })}>
          Older
        </Link>
      )}
    </nav>
  )
}
