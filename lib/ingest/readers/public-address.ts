/** Whether an IP address belongs to a host on the public internet, by the registries of special-purpose addresses
 *  (https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry). It resolves no
 *  name. */
import { BlockList, isIP } from 'node:net'

/** Not reachable from the internet, or not a single host. */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // shared by the customers of a provider
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local; the metadata of cloud machines
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const
/** Parts of 2000::/3, outside of which no address is public. */
const SPECIAL_IPV6 = [
  ['2001::', 23], // among others Teredo, which contains IPv4 addresses
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4: contains an IPv4 address
  ['3fff::', 20],
] as const
/** Addresses of 64:ff9b::/96 stand for IPv4 addresses, their last 32 bits (RFC 6052). */
const TRANSLATED = ['64:ff9b::', 96] as const

const special = new BlockList()
for (const [net, prefix] of SPECIAL_IPV4) special.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of SPECIAL_IPV6) special.addSubnet(net, prefix, 'ipv6')
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')
const translated = new BlockList()
translated.addSubnet(...TRANSLATED, 'ipv6')

/** False for anything but an IP address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4')
    case 6:
      if (address.includes('%')) return false // with a zone, it is link-local
      if (translated.check(address, 'ipv6')) return isPublicAddress(lastBitsAsIPv4(address))
      return global.check(address, 'ipv6') && !special.check(address, 'ipv6')
    default:
      return false
  }
}

function lastBitsAsIPv4(address: string): string {
  // URL writes each group as hexadecimal digits
  const [high = '', low = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':').slice(-2)
  const bits = [parseInt(high || '0', 16), parseInt(low || '0', 16)]
  return bits.flatMap((group) => [group >> 8, group & 255]).join('.')
}
