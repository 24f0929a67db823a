/** Which program builds and runs the image on this machine. */
import { buildahEngine } from './buildah.ts'
import { answers, dockerEngine, type ContainerEngine } from './container-engine.ts'

export const NO_ENGINE =
  'No program that builds container images works here: Docker and Podman do not respond, and buildah and runc ' +
  'are not installed or this is not root. On Debian: apt-get install buildah runc mmdebstrap.'

export function chooseEngine(context: string): ContainerEngine | null {
  for (const program of ['docker', 'podman'] as const)
    if (answers(program, 'info')) return dockerEngine(program, context)
  const isRoot = process.getuid?.() === 0
  return isRoot && answers('buildah', '--version') && answers('runc', '--version')
    ? buildahEngine(context)
    : null
}
