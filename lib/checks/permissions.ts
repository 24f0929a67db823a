/** The rule of permissions: what module-boundaries.ts allows, some file uses. A permission that no file needs is
 *  removed, and a module without files is none. Who steps over the table, layers.ts catches. */
import type { Law } from './rule.ts'
import { DOORS, isTest, roomOf, ROOMS, type Room } from './module-boundaries.ts'
import { factsOf, targetOf, type SourceFile } from './sources.ts'

/** Node itself is no library that somebody owns: its row says where code runs, not who asked for it. */
const PLATFORM = 'node:*'

export const usedPermissions: Law = {
  name: 'every permission in the table of modules is used',
  counts: 'files',
  floor: 400,
  judge: (sources) => ({ seen: sources.length, broken: unusedIn(sources, ROOMS, DOORS) }),
}

type Rows = Readonly<Record<string, { readonly may: readonly string[] }>>
type Doors = readonly (readonly [packages: readonly string[], rooms: readonly string[]])[]

export function unusedIn(sources: readonly SourceFile[], rooms: Rows, doors: Doors): readonly string[] {
  const { entered, imports, packages } = usesOf(sources)
  const phantoms = Object.keys(rooms).filter((room) => !entered.has(room))
  return [
    ...phantoms.map((room) => `lib/checks/module-boundaries.ts: no file belongs to ${room}. Remove its row.`),
    ...Object.entries(rooms)
      .filter(([room]) => entered.has(room))
      .flatMap(([room, { may }]) =>
        may
          .filter((other) => !imports.has(`${room} ${other}`))
          .map(
            (other) =>
              `lib/checks/module-boundaries.ts: ${room} imports nothing from ${other}. Remove it from the row.`,
          ),
      ),
    ...doors
      .filter(([names]) => !names.includes(PLATFORM))
      .flatMap(([names, owners]) =>
        owners
          .filter(
            (room) =>
              !packages.some((use) => use.room === room && names.some((name) => fits(name, use.name))),
          )
          .map(
            (room) =>
              `lib/checks/module-boundaries.ts: ${room} imports none of ${names.join(', ')}. Remove it from DOORS.`,
          ),
      ),
  ]
}

/** Tests may import more than their room; what only they import opens no room, but may open a door. */
function usesOf(sources: readonly SourceFile[]) {
  const entered = new Set<string>()
  const imports = new Set<string>()
  const packages: { readonly room: Room; readonly name: string }[] = []
  for (const source of sources) {
    const room = roomOf(source.file)
    if (!room) continue
    entered.add(room)
    for (const { specifier } of factsOf(source).imports) {
      const target = targetOf(source.file, specifier)
      if (target === undefined) packages.push({ room, name: specifier })
      else if (!isTest(source.file)) imports.add(`${room} ${roomOf(target)}`)
    }
  }
  return { entered, imports, packages }
}

const fits = (pattern: string, specifier: string): boolean =>
  pattern.endsWith('*')
    ? specifier.startsWith(pattern.slice(0, -1))
    : specifier === pattern || specifier.startsWith(`${pattern}/`)
