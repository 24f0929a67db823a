/** The settings in force: those to change here, and all others with where they come from. */
import { Badge } from '#lib/ui/badge.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Table } from '#lib/ui/table.tsx'
import { ChangeableSettings, type SettingRow } from './changeable-settings.tsx'

const SOURCES: Readonly<Record<SettingRow['source'], string>> = {
  environment: 'environment',
  here: 'changed here',
  default: 'default',
}

export function SettingsView({ settings }: { readonly settings: readonly SettingRow[] }) {
  const changeable = settings.filter((one) => one.is_changeable)
  const limits = settings.filter(({ name }) => /LIMIT|MAX_|PUBLIC_|OPEN_|CORS/.test(name))
  const others = settings.filter((one) => !one.is_changeable && !limits.includes(one))
  return (
    <>
      {changeable.length > 0 && <ChangeableSettings settings={changeable} />}
      <Card title="Limits and who may what">
        <p className="small muted">
          How much may come in at once and how often. They are read once, at the start.
        </p>
        <SettingTable caption="Limits in force" rows={limits} />
      </Card>
      <Card title="Everything else">
        <p className="small muted">
          These are read once, at the start. Change them in the environment or in <code>.env</code>, and start
          Darkroom again.
        </p>
        <SettingTable caption="Other settings in force" rows={others} />
      </Card>
    </>
  )
}

function SettingTable({ caption, rows }: { caption: string; rows: readonly SettingRow[] }) {
  return (
    <Table
      caption={caption}
      isCaptionHidden
      variant="cards"
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        { name: 'Setting', cell: ({ name }) => <code>{name}</code> },
        {
          name: 'Value',
          cell: ({ name, value }) =>
            value ? (
              <code>{value}</code>
            ) : (
              <span className="muted">{/SECRET/.test(name) ? 'secret' : 'not set'}</span>
            ),
        },
        {
          name: 'From',
          cell: ({ source }) =>
            source === 'default' ? (
              <span className="muted">default</span>
            ) : (
              <Badge variant="accent">{SOURCES[source]}</Badge>
            ),
        },
        { name: 'What it does', cell: ({ what }) => what },
      ]}
    />
  )
}
