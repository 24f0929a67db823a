/** Composes what web does with versions: compare, promote, download, snapshots, and models for browsers. */
import type { EngineName } from '#lib/domain/classifier.ts'
import type { TrainingData } from '#lib/training/ports.ts'
import { createBrowserModelCases, type BrowserModelCases } from '#lib/training/versions/browser-model.ts'
import {
  createSnapshotCases,
  type SnapshotCases,
  type SnapshotData,
} from '#lib/training/versions/snapshots.ts'
import { createVersionCases, type VersionCases } from '#lib/training/versions/versions.ts'
import { ROOT } from '../settings.ts'

export const versionCases = (
  data: TrainingData & SnapshotData,
  serving: { readonly engine: () => EngineName | null; readonly verify: (id: string) => Promise<unknown> },
): VersionCases & SnapshotCases & BrowserModelCases => ({
  ...createSnapshotCases(data),
  ...createVersionCases({ data, now: () => Date.now(), root: ROOT, ...serving }),
  ...createBrowserModelCases({ data, root: ROOT }),
})
