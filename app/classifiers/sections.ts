/** The sections of a classifier, in the order of the sidebar. Each has its folder next to this file. */
import type { Scope } from '#lib/contracts/contract.ts'
import type { IconName } from '#lib/ui/icon.tsx'

export type ClassifierSection = {
  /** Its address below /classifiers/<id>. */
  readonly segment: string
  readonly label: string
  readonly icon: IconName
  /** The right without which the sidebar does not show it. */
  readonly needs: Scope
}

export const SECTIONS: readonly ClassifierSection[] = [
  { segment: '', label: 'Overview', icon: 'home', needs: 'open' },
  { segment: 'predict', label: 'Predict', icon: 'eye', needs: 'open' },
  { segment: 'images', label: 'Images', icon: 'image', needs: 'view' },
  { segment: 'images/add', label: 'Add images', icon: 'upload', needs: 'view' },
  { segment: 'images/insights', label: 'Insights', icon: 'chart', needs: 'open' },
  { segment: 'train', label: 'Train', icon: 'train', needs: 'view' },
  { segment: 'versions', label: 'Versions', icon: 'models', needs: 'open' },
  { segment: 'history', label: 'History', icon: 'history', needs: 'view' },
  { segment: 'traffic', label: 'Traffic', icon: 'pulse', needs: 'open' },
  { segment: 'use', label: 'Use', icon: 'code', needs: 'view' },
  { segment: 'settings', label: 'Classifier settings', icon: 'sliders', needs: 'view' },
]

/** The section that an address below /classifiers/<id> belongs to: `versions` for `versions/v3`. */
export function sectionOf(path: string): ClassifierSection {
  const within = SECTIONS.filter(
    ({ segment }) => segment === '' || path === segment || path.startsWith(`${segment}/`),
  )
  return within.toSorted((a, b) => b.segment.length - a.segment.length)[0] ?? SECTIONS[0]!
}

/** Names of pages within a section. Other last parts of an address are ids or versions. */
const WITHIN: Readonly<Record<string, string>> = {
  'predict/jobs': 'Many images',
  'images/findings': 'Problems',
  'images/map': 'Map',
  'versions/compare': 'Compare',
  'versions/import': 'Import',
}
/** By the last part of their address. */
const BELOW: Readonly<Record<string, string>> = { images: 'Images' }
const OF_ONE: Readonly<Record<string, string>> = { train: 'Training run' }

type PathStep = { readonly label: string; readonly path: string }

/** The steps below a classifier: its section, and the page within it. Empty for the overview. */
export function pathBelow(path: string): readonly PathStep[] {
  const { segment, label } = sectionOf(path)
  if (segment === '') return []
  const steps = [{ label, path: segment }]
  for (const part of path.slice(segment.length + 1).split('/')) {
    const parent = steps.at(-1)!.path
    const below = `${parent}/${part}`
    if (part !== '')
      steps.push({ label: WITHIN[below] ?? BELOW[part] ?? OF_ONE[parent] ?? part, path: below })
  }
  return steps
}
