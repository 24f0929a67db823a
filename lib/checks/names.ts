/**
 * Rules about names: no catch-all file names, no name that only says when it was written, no type declared
 * twice, no type named by a participle or a preposition. Whether a name is good is for a reviewer to judge.
 */
import { isTest } from './module-boundaries.ts'
import { eachFile, type ProjectRule } from './rule.ts'
import { factsOf } from './sources.ts'

const DRAWERS = /^(utils?|helpers?|misc|common|shared|core|base|managers?|services?|stuff|tools?|lib)$/
const TIMED = /^(new|old|v\d+|legacy|temp|tmp|final|backup\d+|\w+2)$/
const TIMED_ALLOWED = new Set([
  'lib/http/legacy.ts', // the clients of the earlier projects are its subject
  'app/classifiers/new/page.tsx', // an address that people read: /classifiers/new
  'app/classifiers/new/import/page.tsx', // the same
])
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/
/** Names with a meaning in Next. */
const NEXT_NAME = /^(\[.*\]|\(.*\)|_components|\.well-known)$/

export const drawerNames: ProjectRule = {
  name: 'every file and folder has a name with a meaning',
  counts: 'files',
  minimum: 400,
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
      if (DRAWERS.test(name)) return [`${file}: "${name}" has no meaning. Name what it contains.`]
      if (name.split('-').some((word) => TIMED.test(word)))
        return [`${file}: "${name}" says when it was created, not what it is.`]
      return KEBAB.test(name) ? [] : [`${file}: "${name}" is not kebab-case.`]
    })
}

export const typesOnce: ProjectRule = {
  name: 'names of exported types and classes are unique',
  counts: 'exported types',
  minimum: 300,
  judge: (sources) => {
    const places = new Map<string, string[]>()
    for (const source of sources.filter(({ file }) => !isTest(file) && !file.endsWith('.d.mts'))) {
      for (const { name, line } of factsOf(source).exportedTypes)
        places.set(name, [...(places.get(name) ?? []), `${source.file}:${line}`])
    }
    const twice = [...places].filter(([, at]) => at.length > 1)
    return {
      checked: [...places.values()].flat().length,
      broken: twice.map(
        ([name, at]) =>
          `${at[0]}: the type ${name} is exported again at ${at.slice(1).join(', ')}. Import one of them, ` +
          'or rename the other.',
      ),
    }
  },
}

const PREPOSITIONS = /^(About|At|Beside|By|For|From|In|Into|Of|On|To|Who|With|Within|Without)$/
/** Irregular participles, and words used like participles, as the last or the only word of a name. */
const IRREGULAR = new RegExp(
  '(^|[a-z])(' +
    'Begun|Built|Chosen|Drawn|Done|Found|Frozen|Given|Heard|Held|Kept|Known|Learnt|Look|' +
    'Made|Said|Seen|Sent|Shown|Spoken|Taken|Told|Written)$',
)
const REGULAR = /^([A-Z][a-z]+(ed|ing)|\w*(Asked|Asking|Offered|Wanted|Answered|Answering))$/
/** Nouns that end like participles. */
const NOUNS = /^(Embedding|Finding|FileFinding|Heading|Setting|Spacing|String|Teaching|Timing)$/
const DECLARED = /^\s*(?:export\s+)?(?:abstract\s+)?(?:type|interface|class)\s+([A-Z]\w*)\b(?=[\s<={])/

export const nounTypes: ProjectRule = {
  name: 'no type or class is named by a participle or a preposition',
  counts: 'files',
  minimum: 500,
  judge: eachFile(
    (file) => /\.tsx?$/.test(file),
    ({ file, text }) => participlesIn(file, text),
  ),
}

export function participlesIn(file: string, text: string): readonly string[] {
  return text.split('\n').flatMap((line, i) => {
    const name = DECLARED.exec(line)?.[1]
    if (name === undefined || NOUNS.test(name)) return []
    if (!PREPOSITIONS.test(name) && !IRREGULAR.test(name) && !REGULAR.test(name)) return []
    return [
      `${file}:${i + 1}: the type ${name} is not a noun. Name what it holds: PredictionRequest, not Asked.`,
    ]
  })
}
