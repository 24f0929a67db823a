/** The address for phones, of this product and this request. For pages alone: it reads the network interfaces. */
import { networkInterfaces } from 'node:os'
import { darkroom } from '#lib/http/context.ts'
import { phoneAddress } from './phone-address.ts'

export function ownPhoneAddress(origin: string): string | null {
  const { host, allowedHosts } = darkroom().settings()
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
  return phoneAddress({ origin, host, allowedHosts, addresses })
}
