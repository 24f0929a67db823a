/** Users, API keys, settings, pretrained networks, backups and the audit log. For admins. */
import Link from 'next/link'
import { darkroom } from '#lib/http/context.ts'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { SegmentedLinks } from '#lib/ui/segmented.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../_components/page-help.tsx'
import { requireViewer, queryOf, type PageProps, type Query, type CurrentUser } from '../current-user.ts'
import { auditInputOf, auditQueryOf } from './_components/audit-query.ts'
import { AuditView } from './_components/audit-view.tsx'
import { BackupsCard } from './_components/backups-card.tsx'
import { KeysCard } from './_components/keys-card.tsx'
import { NetworksView } from './_components/networks-view.tsx'
import { PeopleCard } from './_components/people-card.tsx'
import { SettingsView } from './_components/settings-view.tsx'

export const metadata = { title: 'Settings' }
const VIEWS = [
  ['people', 'Users'],
  ['keys', 'API keys'],
  ['settings', 'Settings'],
  ['networks', 'Pretrained networks'],
  ['backups', 'Backups'],
  ['changes', 'Audit log'],
] as const
const CHANGES = 50

export default async function Settings(props: PageProps) {
  const query = await queryOf(props)
  const user = await requireViewer('/settings')
  const head = (
    <PageHead title="Settings" lead="Users, API keys, pretrained networks and server settings.">
      <PageHelp topic="installation" />
    </PageHead>
  )
  if (!user.may('admin'))
    return (
      <>
        {head}
        <EmptyState icon="key" title="Only admins can open this page">
          Ask an admin to change a setting or your role.
        </EmptyState>
      </>
    )
  const [view] = VIEWS.find(([name]) => name === query.view) ?? VIEWS[0]
  return (
    <div className="stack">
      {head}
      <div>
        <SegmentedLinks label="Settings sections">
          {VIEWS.map(([name, label]) => (
            <Link
              key={name}
              href={`/settings?view=${name}`}
              aria-current={name === view ? 'page' : undefined}
            >
              {label}
            </Link>
          ))}
        </SegmentedLinks>
      </div>
      {await viewOf(view, user, query)}
    </div>
  )
}

async function viewOf(view: (typeof VIEWS)[number][0], { context }: CurrentUser, query: Query) {
  const { auth, queries, operations, training } = darkroom()
  switch (view) {
    case 'people':
      return <PeopleCard people={(await auth.listUsers({}, context)).users} />
    case 'keys':
      return (
        <KeysCard
          keys={(await auth.listKeys({}, context)).keys}
          classifiers={(await queries.listClassifiers({})).classifiers.map(({ id }) => id)}
        />
      )
    case 'settings':
      return <SettingsView settings={(await operations.listSettings({}, context)).settings} />
    case 'networks':
      return <NetworksView backbones={await training.listBackbones({}, context)} />
    case 'backups':
      return <BackupsCard backups={await operations.listBackups({}, context)} />
    case 'changes': {
      const { cursor } = query
      const filters = auditQueryOf(query)
      const [audit, names, { classifiers }] = await Promise.all([
        operations.listAudit(
          { limit: CHANGES, ...auditInputOf(filters), ...(cursor && { cursor }) },
          context,
        ),
        operations.auditNames(),
        queries.listClassifiers({}),
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
