/** Deleted images, uploads, classifiers and versions that can be restored, newest first. They are deleted on
 *  the pages that show them. */
import Link from 'next/link'
import type { TrashAnswer } from '#lib/contracts/sample-changes.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { TRASH_DAYS } from '#lib/domain/sample-state.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { Thumbnail } from '#lib/ui/image-tile.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { Table } from '#lib/ui/table.tsx'
import { PageHelp } from '../_components/page-help.tsx'
import { requireViewer, queryOf, type PageProps } from '../current-user.ts'
import { TrashActions } from './_components/trash-actions.tsx'

export const metadata = { title: 'Trash' }
const PAGE = 50
const KIND_LABELS: Readonly<Record<TrashAnswer['kind'], string>> = {
  samples: 'Images',
  upload: 'Upload',
  classifier: 'Classifier',
  version: 'Version',
}

export default async function Trash(props: PageProps) {
  const { cursor } = await queryOf(props)
  const user = await requireViewer('/trash')
  const { entries, next_cursor: next } = await darkroom().queries.listTrash({
    limit: PAGE,
    ...(cursor && { cursor }),
  })
  return (
    <div className="stack">
      <PageHead
        title="Trash"
        lead={
          `Deleted images, uploads, classifiers and versions. Restore them within ${TRASH_DAYS} days; ` +
          'after that they are deleted permanently.'
        }
      >
        <PageHelp topic="trash" />
      </PageHead>
      {entries.length === 0 ? (
        <EmptyState icon="trash" title="The trash is empty" />
      ) : (
        <Card title={counted(entries.length, 'item')}>
          <Table
            caption="Trash, newest first"
            hideCaption
            variant="cards"
            rows={entries}
            keyOf={({ id }) => id}
            columns={[
              { name: 'Item', cell: (one) => <Item entry={one} /> },
              { name: 'Type', cell: (one) => KIND_LABELS[one.kind] },
              { name: 'Classifier', cell: (one) => one.classifier },
              {
                name: 'Deleted',
                cell: (one) => (
                  <>
                    <RelativeTime at={one.at} /> by {one.by}
                  </>
                ),
              },
              { name: 'Until', cell: (one) => <RelativeTime at={one.until} /> },
              {
                name: 'Actions',
                cell: (one) => (
                  <TrashActions
                    id={one.id}
                    title={one.title}
                    mayRestore={user.may('edit')}
                    mayDelete={user.may('admin')}
                  />
                ),
              },
            ]}
          />
          {next && (
            <nav className="row" aria-label="Pages of the trash">
              <Link href={`/trash?cursor=${next}`} {...buttonProps({ size: 'small' })}>
                Older
              </Link>
            </nav>
          )}
        </Card>
      )}
    </div>
  )
}

function Item({ entry: { title, samples, samples_total: total } }: { readonly entry: TrashAnswer }) {
  const [first] = samples
  return (
    <span className="row flex-nowrap">
      {first && <Thumbnail src={`${first.image_url}?size=96`} alt="" />}
      <span className="min-w-0 text-left [overflow-wrap:anywhere]">
        {title}
        {total > 1 && (
          <>
            <br />
            <span className="muted font-normal">{counted(total, 'image')}</span>
          </>
        )}
      </span>
    </span>
  )
}
