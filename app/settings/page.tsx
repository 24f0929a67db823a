/** What an owner decides: who may come in, which keys work, the settings in force; and the record of changes.
 *  For admins. */
import Link from 'next/link'
import { darkroom } from '#lib/http/context.ts'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { SegmentedLinks } from '#lib/ui/segmented.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { knownVisitor, queryOf, type PageProps, type Query, type Visitor } from '../visitor.ts'
import { auditInputOf, auditQueryOf } from './_components/audit-query.ts'
import { AuditView } from './_components/audit-view.tsx'
import { BackupsCard } from './_components/backups-card.tsx'
import { KeysCard } from './_components/keys-card.tsx'
import { PeopleCard } from './_components/people-card.tsx'
import { SettingsView } from './_components/settings-view.tsx'

export const metadata = { title: 'Settings' }
const VIEWS = [
  ['people', 'People'],
  ['keys', 'Keys'],
  ['settings', 'Settings'],
  ['backups', 'Backups'],
  ['changes', 'Changes'],
] as const
const CHANGES = 50

export default async function Settings(props: PageProps) {
  const query = await queryOf(props)
  const who = await knownVisitor('/settings')
  const head = (
    <PageHead
      title="Settings"
      lead="Who may come in, which keys open the API, and how this Darkroom is set."
    />
  )
  if (!who.may('admin'))
    return (
      <>
        {head}
        <EmptyState icon="key" title="Only admins see this">
          Ask an admin of this Darkroom to change it, or to make you one.
        </EmptyState>
      </>
    )
  const [view] = VIEWS.find(([name]) => name === query.view) ?? VIEWS[0]
  return (
    <div className="stack">
      {head}
      <div>
        <SegmentedLinks label="Parts of the settings">
          {VIEWS.map(([name, words]) => (
            <Link
              key={name}
              href={`/settings?view=${name}`}
              aria-current={name === view ? 'page' : undefined}
            >
              {words}
            </Link>
          ))}
        </SegmentedLinks>
      </div>
      {await viewOf(view, who, query)}
    </div>
  )
}

async function viewOf(view: (typeof VIEWS)[number][0], { asked }: Visitor, query: Query) {
  const { auth, data, operations } = darkroom()
  switch (view) {
    case 'people':
      return <PeopleCard people={(await auth.listUsers({}, asked)).users} />
    case 'keys':
      return (
        <KeysCard
          keys={(await auth.listKeys({}, asked)).keys}
          classifiers={(await data.listClassifiers({}, asked)).classifiers.map(({ id }) => id)}
        />
      )
    case 'settings':
      return <SettingsView settings={(await operations.listSettings({}, asked)).settings} />
    case 'backups':
      return <BackupsCard backups={await operations.listBackups({}, asked)} />
    case 'changes': {
      const { cursor } = query
      const filters = auditQueryOf(query)
      const [audit, names, { classifiers }] = await Promise.all([
        operations.listAudit({ limit: CHANGES, ...auditInputOf(filters), ...(cursor && { cursor }) }, asked),
        operations.auditNames(),
        data.listClassifiers({}, asked),
      ])
      return (
        <AuditView
          audit={audit}
          names={names}
          classifiers={classifiers.map(({ id }) => id)}
          query={filters}
          isFirst={!cursor}
        />
      )
    }
  }
}
