/** What is wrong with the images of a classifier: the kinds of problems with counts, the images of one kind, and the
 *  remedies next to each. */
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../../_components/page-help.tsx'
import { queryOf, requireViewer } from '../../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../../classifier-of-page.ts'
import { FindingList } from './_components/finding-list.tsx'
import { FINDING_TEXTS } from './_components/finding-texts.ts'
import { ReportStatus } from './_components/report-status.tsx'

export const metadata = { title: 'Problems' }

const FINDINGS_SHOWN = 24

const NOTHING = {
  open: { title: 'No problems found', text: 'The images were checked, and no problems were found.' },
  dismissed: { title: 'Nothing dismissed', text: 'No problem is dismissed.' },
}

export default async function FindingsPage(props: ClassifierPageProps) {
  const { id, classes } = await classifierOfPage(props.params)
  const { kind: named, cursor, dismissed: shown } = await queryOf(props)
  const isDismissed = shown === 'yes'
  const user = await requireViewer(classifierPage(id, 'images/findings', { kind: named, dismissed: shown }))
  const { queries } = darkroom()
  const overview = await queries.listFindings({ classifier: id, dismissed: isDismissed, limit: 1 })
  const listed = overview.kinds.find((one) => one.kind === named) ?? overview.kinds[0]
  const kind = listed?.kind
  const { findings, next_cursor: next } = kind
    ? await queries.listFindings({
        classifier: id,
        kind,
        limit: FINDINGS_SHOWN,
        dismissed: isDismissed,
        cursor,
      })
    : { findings: [], next_cursor: null }
  const addressOf = (more: Readonly<Record<string, string | undefined>>) =>
    classifierPage(id, 'images/findings', { ...(isDismissed && { dismissed: 'yes' }), ...more })
  const count = listed?.count ?? 0
  return (
    <div className="stack">
      <PageHead
        title="Problems with the images"
        lead="Images that may harm the classifier, with remedies. Nothing changes until you choose one."
      >
        <PageHelp topic="findings" />
      </PageHead>
      <ReportStatus classifier={id} report={overview.report} mayEdit={user.may('edit')} />
      {overview.kinds.length > 0 && (
        <nav className="row gap-2" aria-label="Kinds of problems">
          {overview.kinds.map((one) => (
            <Link
              key={one.kind}
              href={addressOf({ kind: one.kind })}
              scroll={false}
              aria-current={one.kind === kind ? 'page' : undefined}
              {...buttonProps({ size: 'small', variant: one.kind === kind ? 'primary' : 'quiet' })}
            >
              {FINDING_TEXTS[one.kind].title} ({one.count.toLocaleString('en-GB')})
            </Link>
          ))}
        </nav>
      )}
      {(isDismissed || overview.dismissed > 0) && (
        <p className="small">
          <Link href={classifierPage(id, 'images/findings', isDismissed ? {} : { dismissed: 'yes' })}>
            {isDismissed ? 'Show the open problems' : `Show dismissed problems (${overview.dismissed})`}
          </Link>
        </p>
      )}
      {(kind ?? overview.report.computed_at) && (
        <Card
          title={kind ? FINDING_TEXTS[kind].title : NOTHING[isDismissed ? 'dismissed' : 'open'].title}
          aside={kind && <span className="small muted">{counted(count, 'problem')}</span>}
          actions={
            next && (
              <Link href={addressOf({ kind, cursor: next })} {...buttonProps({ size: 'small' })}>
                Show the next {FINDINGS_SHOWN}
              </Link>
            )
          }
        >
          <p>{kind ? FINDING_TEXTS[kind].text : NOTHING[isDismissed ? 'dismissed' : 'open'].text}</p>
          <FindingList
            addImages={classifierPage(id, 'images/add')}
            classifier={id}
            classes={classes}
            findings={findings}
            isDismissed={isDismissed}
            mayEdit={user.may('edit')}
            mayTrain={user.may('train')}
          />
        </Card>
      )}
    </div>
  )
}
