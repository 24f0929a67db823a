/** The engines and whether they are in use, the state of the services, and the live versions. */
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'
import { Card } from '#lib/ui/card.tsx'
import type { HealthReport } from './use-metrics.ts'

type State = HealthReport['engines'][number]['state']
const STATES: Readonly<Record<State, readonly [label: string, variant: BadgeVariant]>> = {
  serving: ['in use', 'good'],
  available: ['available', 'plain'],
  unavailable: ['not installed', 'amber'],
}

type EndpointState = HealthReport['inference_endpoint'][number]['state']
const ENDPOINT_STATES: Readonly<Record<EndpointState, readonly [label: string, variant: BadgeVariant]>> = {
  checking: ['checking', 'plain'],
  'in-use': ['in use', 'good'],
  unavailable: ['not in use', 'amber'],
}

export function EnginesCard({ health }: { readonly health: HealthReport | null }) {
  if (health === null)
    return (
      <Card title="Engines and services">
        <p className="muted">Currently unavailable.</p>
      </Card>
    )
  const services = [
    ['Web', health.web],
    ['Database', health.database],
    ['Worker', health.worker],
  ] as const
  return (
    <Card title="Engines and services">
      <ul className="grid gap-3">
        {health.engines.map(({ name, state, detail }) => (
          <li key={name} className="grid gap-1">
            <span className="row">
              <strong>{name}</strong>
              <Badge variant={STATES[state][1]}>{STATES[state][0]}</Badge>
              {health.training_engine === name && <Badge variant="accent">training</Badge>}
            </span>
            <span className="small muted">{detail}</span>
          </li>
        ))}
      </ul>
      <ul className="grid gap-2">
        {services.map(([name, { ok, detail }]) => (
          <li key={name} className="row">
            <strong>{name}</strong>
            <Badge variant={ok ? 'good' : 'bad'}>{ok ? 'OK' : 'failing'}</Badge>
            <span className="small muted">{detail}</span>
          </li>
        ))}
      </ul>
      {health.inference_endpoint.length > 0 && (
        <>
          <p className="small muted">
            Inference endpoint (INFERENCE_URL); the local engine predicts while it is not in use:
          </p>
          <ul className="grid gap-2">
            {health.inference_endpoint.map(({ classifier, version, state, reason }) => (
              <li key={`${classifier} ${version}`} className="row">
                <strong>
                  {classifier} {version}
                </strong>
                <Badge variant={ENDPOINT_STATES[state][1]}>{ENDPOINT_STATES[state][0]}</Badge>
                {reason !== null && <span className="small muted">{reason}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="small muted">
        Live versions: {health.champions.length === 0 ? 'none' : health.champions.map(liveText).join(', ')}.
        Models are loaded on first use.
      </p>
      {health.champions
        .filter(({ precision_reason: reason }) => reason !== null)
        .map(({ classifier, precision, precision_reason: reason }) => (
          <p key={classifier} className="small muted">
            Numeric format of {classifier}: {precision}. {reason}
          </p>
        ))}
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
  precision,
}: HealthReport['champions'][number]): string {
  if (fault !== null) return `${classifier} ${live ?? 'none'} (instead of ${version})`
  return `${classifier} ${version}${isLoaded ? ` (loaded${precision ? `, ${precision}` : ''})` : ''}`
}
