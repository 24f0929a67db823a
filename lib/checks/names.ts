/** Laws about names: no drawer for what has no place, no name that only says when it was made, no type
 *  declared twice. Whether a name is a good one, people judge. */
import { isTest } from './module-boundaries.ts'
import { eachFile, type Law } from './rule.ts'
import { factsOf } from './sources.ts'

const DRAWERS = /^(utils?|helpers?|misc|common|shared|core|base|managers?|services?|stuff|tools?|lib)$/
const TIMED = /^(new|old|v\d+|legacy|temp|tmp|final|backup\d+|\w+2)$/
const TIMED_ALLOWED = new Set(['lib/http/legacy.ts']) // the clients of the earlier projects are its subject
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/
/** Names that Next gives a meaning. */
const NEXT_NAME = /^(\[.*\]|\(.*\)|_components|\.well-known)$/

export const drawerNames: Law = {
  name: 'no file or folder is a drawer, or says only when it was made',
  counts: 'files',
  floor: 400,
  judge: eachFile(
    () => true,
    ({ file }) => drawersIn(file),
  ),
}

export function drawersIn(file: string): readonly string[] {
  if (TIMED_ALLOWED.has(file) || !file.includes('/')) return []
  return file
    .split('/')
    .slice(1)
    .flatMap((part) => {
      const name = part.replace(/\..*$/, '')
      if (NEXT_NAME.test(part) || name === '') return []
      if (DRAWERS.test(name))
        return [
          `${file}: "${name}" is a drawer. A thing without a name has no place yet: name what is in it.`,
        ]
      if (name.split('-').some((word) => TIMED.test(word)))
        return [`${file}: "${name}" says when it was made, not what it is.`]
      return KEBAB.test(name) ? [] : [`${file}: "${name}" is not kebab-case.`]
    })
}

export const typesOnce: Law = {
  name: 'one exported type or class of a name in the whole program',
  counts: 'exported types',
  floor: 300,
  judge: (sources) => {
    const places = new Map<string, string[]>()
    for (const source of sources.filter(({ file }) => !isTest(file) && !file.endsWith('.d.mts'))) {
      for (const { name, line } of factsOf(source).exportedTypes)
        places.set(name, [...(places.get(name) ?? []), `${source.file}:${line}`])
    }
    const twice = [...places].filter(([, at]) => at.length > 1)
    return {
      seen: [...places.values()].flat().length,
      broken: twice.map(
        ([name, at]) =>
          `${at[0]}: the type ${name} is exported again at ${at.slice(1).join(', ')}. Import the one, ` +
          'or name the other for what it is.',
      ),
    }
  },
}
