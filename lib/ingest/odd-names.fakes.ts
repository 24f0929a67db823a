/** What only archives or only forms can send, made by code. Not used in the product. */
import { zipFile, type Part } from '#lib/archive/zip-file.fakes.ts'
import { oddPng, type OddFile } from '#lib/images/odd-files.fakes.ts'

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** Names that only a form can have. */
export const oddNames = (): readonly OddFile[] => [
  { name: '../../odd/outside.png', shown: 'odd/outside.png', content: oddPng(), refusal: null },
  { name: 'C:\\odd\\windows.png', shown: 'odd/windows.png', content: oddPng(), refusal: null },
  { name: 'odd/null\0byte.png', shown: 'odd/nullbyte.png', content: oddPng(), refusal: null },
]

/** Entries that only an archive can have. */
export const oddEntries = (): readonly (Omit<OddFile, 'content'> & {
  readonly part: Omit<Part, 'name'>
})[] => {
  const refused = (reason: RegExp) => ['refused_entry', reason] as const
  const skipped = ['stray_file', /Skipped/] as const
  const content = oddPng()
  return [
    { name: '/absolute.png', part: { content: oddPng() }, refusal: refused(/absolute/) },
    { name: 'C:/windows.png', part: { content: oddPng() }, refusal: refused(/absolute/) },
    { name: '../../outside.png', part: { content: oddPng() }, refusal: refused(/outside/) },
    { name: 'odd/../up.png', part: { content: oddPng() }, refusal: refused(/outside/) },
    {
      name: 'odd/null\0byte.png',
      shown: 'odd/null\uFFFDbyte.png',
      part: { content: oddPng() },
      refusal: refused(/control/),
    },
    {
      name: `odd/${'n'.repeat(1100)}.png`,
      shown: `odd/${'n'.repeat(196)}`,
      part: { content: oddPng() },
      refusal: refused(/1108 characters/),
    },
    {
      name: 'odd/link.png',
      part: { content: latin1('/etc/passwd'), mode: 0o120777 },
      refusal: refused(/link/),
    },
    { name: 'odd/device.png', part: { content: oddPng(), mode: 0o060666 }, refusal: refused(/regular/) },
    { name: 'odd/encrypted.png', part: { content: oddPng(), flags: 0x801 }, refusal: refused(/encrypted/) },
    { name: 'odd/method.png', part: { content: oddPng(), method: 12 }, refusal: refused(/method 12/) },
    { name: 'odd/checksum.png', part: { content, claimedCrc: 1 }, refusal: refused(/checksum/) },
    { name: 'odd/size.png', part: { content: oddPng(), claimedSize: 5 }, refusal: null },
    {
      name: 'odd/overlong.png',
      part: { content: oddPng(), claimedPackedSize: 9e6 },
      refusal: refused(/truncated/),
    },
    { name: 'odd/bomb.png', part: { content: new Uint8Array(9e6) }, refusal: refused(/expands/) },
    {
      name: 'odd/inner.zip',
      part: { content: zipFile([{ name: 'a.png', content: oddPng() }]) },
      refusal: ['stray_file', /archive inside the set: extract it/],
    },
    {
      name: 'odd/inner.png',
      part: { content: zipFile([{ name: 'a.png', content: oddPng() }]) },
      refusal: refused(/inside/),
    },
    { name: 'odd/stored.png', part: { content: oddPng(), method: 0 }, refusal: null },
    { name: 'odd/Thumbs.db', part: { content: latin1('x') }, refusal: skipped },
    { name: '__MACOSX/odd/._a.png', part: { content: latin1('x') }, refusal: skipped },
    { name: 'odd/.DS_Store', part: { content: latin1('x') }, refusal: skipped },
    { name: '.git/objects/a.png', part: { content: oddPng() }, refusal: skipped },
    { name: 'outside-folders.png', part: { content: oddPng() }, refusal: ['stray_file', /class folder/] },
  ]
}
