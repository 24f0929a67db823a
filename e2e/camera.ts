/** What Chromium is started with where a story needs a camera, which shows a moving pattern, or the address that a
 *  phone in the same network would use. */
import type { LaunchOptions } from '@playwright/test'

/** Leads to this machine, and browsers require HTTPS for it, as for every address in a local network (RFC 5737). */
export const NETWORK_ADDRESS = '192.0.2.1'

const CAMERA = '--use-fake-device-for-media-stream'
const ADDRESS = `--host-resolver-rules=MAP ${NETWORK_ADDRESS} 127.0.0.1`

type LaunchFixture = (
  start: { readonly launchOptions: LaunchOptions },
  use: (options: LaunchOptions) => Promise<void>,
) => Promise<void>

const startedWith =
  (...more: readonly string[]): LaunchFixture =>
  ({ launchOptions: { args = [], ...options } }, use) =>
    use({ ...options, args: [...args, ...more] })

export const withCamera = startedWith(CAMERA)
export const withNetworkAddress = startedWith(ADDRESS)
export const withCameraAndNetworkAddress = startedWith(CAMERA, ADDRESS)
