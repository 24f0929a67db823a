/** The law of direction: a room imports only what stands in its row, and outside packages only through their
 *  door. Type-only, lazy, re-exported and required imports count like any other. The table itself is
 *  module-boundaries.ts. */
import { DOORS, isTest, roomOf, ROOMS, TEST_PACKAGES, type Room } from './module-boundaries.ts'
import { factsOf, targetOf, type SourceFile } from './sources.ts'

/** One sentence per broken law, beginning with the place. */
export function brokenLaws(file: string, text: string): string[] {
  const room = roomOf(file)
  if (!room)
    return [
      `${file}: belongs to no module. Add a row to lib/checks/module-boundaries.ts (docs/architecture.md).`,
    ]
  const source: SourceFile = { file, text }
  return factsOf(source).imports.flatMap(({ specifier, line }) => {
    const objection = objectionTo(file, room, specifier)
    return objection ? [`${file}:${line}: ${objection} See docs/architecture.md.`] : []
  })
}

/** The rooms that a file may import from: a test may import what the two composing rooms may, plus its own
 *  row. */
function allowedRooms(file: string, room: Room): readonly string[] {
  const asComposer: readonly string[] = isTest(file)
    ? ['processes', ...ROOMS.processes.may, ...ROOMS.commands.may]
    : []
  return [...new Set([...asComposer, ...ROOMS[room].may, room])]
}

function objectionTo(file: string, room: Room, specifier: string): string | undefined {
  const target = targetOf(file, specifier)
  if (target === undefined) return outsideObjection(file, room, specifier)
  if (target.startsWith('lib/data/generated/'))
    return room === 'data' || room === 'queries'
      ? undefined
      : `the generated database client may only be used in lib/data and lib/queries; ${room} gets domain values.`
  if (/\.fakes\.tsx?$/.test(target) && !isTest(file) && room !== 'e2e')
    return `${specifier} is a fake: only tests import it.`
  const theirs = roomOf(target)
  if (!theirs)
    return /\.(css|svg|png|woff2|json)$/.test(target) ? undefined : `${specifier} belongs to no module.`
  const allowed = allowedRooms(file, room)
  if (allowed.includes(theirs)) return undefined
  return (
    `${room} may not import ${theirs} (${specifier}). Allowed here: ` +
    `${list(allowed.filter((name) => name !== room))}.`
  )
}

function outsideObjection(file: string, room: Room, specifier: string): string | undefined {
  if (TEST_PACKAGES.some((name) => name === specifier))
    return isTest(file) || room === 'checks' ? undefined : `${specifier} is for tests only.`
  const door = DOORS.find(([packages]) => packages.some((pattern) => fits(pattern, specifier)))
  if (!door)
    return (
      `the package ${specifier} has no owner. Add a row to DOORS (lib/checks/module-boundaries.ts), with the ` +
      'module that will own it.'
    )
  const rooms: readonly Room[] = door[1]
  const ours: readonly Room[] = isTest(file) ? [room, 'processes', 'children'] : [room]
  return ours.some((name) => rooms.includes(name))
    ? undefined
    : `only ${list(rooms)} may import ${specifier}, not ${room}.`
}

const fits = (pattern: string, specifier: string): boolean =>
  pattern.endsWith('*')
    ? specifier.startsWith(pattern.slice(0, -1))
    : specifier === pattern || specifier.startsWith(`${pattern}/`)

const list = (names: readonly string[]): string => (names.length === 0 ? 'only itself' : names.join(', '))
