/** Which engine answers, which could, and why others are not there; and which champions are loaded. */
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'
import { Card } from '#lib/ui/card.tsx'
import type { HealthFigures } from './followed-figures.ts'

type State = HealthFigures['engines'][number]['state']
const LOOKS: Readonly<Record<State, readonly [words: string, variant: BadgeVariant]>> = { serving: ['answers', 'good'], available: ['could answer', 'plain'], unavailable: ['not here', 'amber'] }

export function EnginesCard({ health }: { readonly health: HealthFigures | null }) {
  if (health === null) return <Card title="Engines and parts"><p className="muted">Not known at the moment.</p></Card>
  const parts = [['Web', health.web], ['Database', health.database], ['Worker', health.worker]] as const
  return (
    <Card title="Engines and parts">
      <ul className="grid gap-3">
        {health.engines.map(({ name, state, detail }) => (
          <li key={name} className="grid gap-1">
            <span className="row"><strong>{name}</strong><Badge variant={LOOKS[state][1]}>{LOOKS[state][0]}</Badge>{health.training_engine === name && <Badge variant="accent">trains</Badge>}</span>
            <span className="small muted">{detail}</span>
          </li>
        ))}
      </ul>
      <ul className="grid gap-2">
        {parts.map(([name, { ok, detail }]) => <li key={name} className="row"><strong>{name}</strong><Badge variant={ok ? 'good' : 'bad'}>{ok ? 'well' : 'not well'}</Badge><span className="small muted">{detail}</span></li>)}
      </ul>
      <p className="small muted">Champions: {health.champions.length === 0 ? 'none' : health.champions.map(({ classifier, version, is_loaded: isLoaded }) => `${classifier} ${version}${isLoaded ? ' (loaded)' : ''}`).join(', ')}. One that is not loaded is loaded by its first picture.</p>
    </Card>
  )
}
