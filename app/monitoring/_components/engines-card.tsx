/** Which engine makes predictions, which could, and why others are not there; which versions are live. */
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'
import { Card } from '#lib/ui/card.tsx'
import type { HealthFigures } from './followed-figures.ts'

type State = HealthFigures['engines'][number]['state']
const LOOKS: Readonly<Record<State, readonly [words: string, variant: BadgeVariant]>> = {
  serving: ['answers', 'good'],
  available: ['could answer', 'plain'],
  unavailable: ['not here', 'amber'],
}

export function EnginesCard({ health }: { readonly health: HealthFigures | null }) {
  if (health === null)
    return (
      <Card title="Engines and parts">
        <p className="muted">Not known at the moment.</p>
      </Card>
    )
  const parts = [
    ['Web', health.web],
    ['Database', health.database],
    ['Worker', health.worker],
  ] as const
  return (
    <Card title="Engines and parts">
      <ul className="grid gap-3">
        {health.engines.map(({ name, state, detail }) => (
          <li key={name} className="grid gap-1">
            <span className="row">
              <strong>{name}</strong>
              <Badge variant={LOOKS[state][1]}>{LOOKS[state][0]}</Badge>
              {health.training_engine === name && <Badge variant="accent">trains</Badge>}
            </span>
            <span className="small muted">{detail}</span>
          </li>
        ))}
      </ul>
      <ul className="grid gap-2">
        {parts.map(([name, { ok, detail }]) => (
          <li key={name} className="row">
            <strong>{name}</strong>
            <Badge variant={ok ? 'good' : 'bad'}>{ok ? 'well' : 'not well'}</Badge>
            <span className="small muted">{detail}</span>
          </li>
        ))}
      </ul>
      <p className="small muted">
        Live versions: {health.champions.length === 0 ? 'none' : health.champions.map(liveText).join(', ')}. A
        version that is not loaded is loaded on its first request.
      </p>
      {health.status === 'degraded' &&
        health.reasons.map((reason) => (
          <p key={reason} className="small">
            {reason}
          </p>
        ))}
    </Card>
  )
}

function liveText({
  classifier,
  version,
  is_loaded: isLoaded,
  live_version: live,
  fault,
}: HealthFigures['champions'][number]): string {
  if (fault !== null) return `${classifier} ${live ?? 'none'} (instead of ${version})`
  return `${classifier} ${version}${isLoaded ? ' (loaded)' : ''}`
}
