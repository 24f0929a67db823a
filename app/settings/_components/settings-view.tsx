/** The current settings: those that can be changed here, and all others with their source. */
import { Badge } from '#lib/ui/badge.tsx'
import { Card } from '#lib/ui/card.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { Table } from '#lib/ui/table.tsx'
import { ChangeableSettings, type SettingRow } from './changeable-settings.tsx'

const SOURCES: Readonly<Record<SettingRow['source'], string>> = {
  environment: 'environment',
  here: 'set here',
  default: 'default',
}

export function SettingsView({ settings }: { readonly settings: readonly SettingRow[] }) {
  const changeable = settings.filter((one) => one.is_changeable)
  const limits = settings.filter(({ name }) => /LIMIT|MAX_|PUBLIC_|OPEN_|CORS/.test(name))
  const others = settings.filter((one) => !one.is_changeable && !limits.includes(one))
  return (
    <>
      {changeable.length > 0 && <ChangeableSettings settings={changeable} />}
      <PhoneFold title="Limits and access">
        <Card title="Limits and access">
          <p className="small muted">
            Size limits, rate limits and public access. They are read once, at start-up.
          </p>
          <SettingTable caption="Limits and access" rows={limits} />
        </Card>
      </PhoneFold>
      <PhoneFold title="Other settings">
        <Card title="Other settings">
          <p className="small muted">
            They are read once, at start-up. Change them in the environment or in <code>.env</code>, then
            restart Darkroom.
          </p>
          <SettingTable caption="Other settings" rows={others} />
        </Card>
      </PhoneFold>
    </>
  )
}

/** Values stand between backticks, as in the README. */
const Description = ({ text }: { readonly text: string }) =>
  text.split('`').map((part, i) => (i % 2 === 0 ? part : <code key={part}>{part}</code>))

function SettingTable({ caption, rows }: { caption: string; rows: readonly SettingRow[] }) {
  return (
    <Table
      caption={caption}
      hideCaption
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
          name: 'Source',
          cell: ({ source }) =>
            source === 'default' ? (
              <span className="muted">default</span>
            ) : (
              <Badge variant="accent">{SOURCES[source]}</Badge>
            ),
        },
        { name: 'Description', isLong: true, cell: ({ what }) => <Description text={what} /> },
      ]}
    />
  )
}
