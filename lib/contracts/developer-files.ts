/** Files of npm, Vitest, Playwright, Artillery and container programs, and output lines of our own benchmark processes,
 *  as far as checks and commands read them. */
import { z } from 'zod'

const versions = z.record(z.string(), z.string()).readonly()

const packageEntry = z.object({
  version: z.string().optional(),
  optional: z.boolean().optional(),
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  dependencies: versions.optional(),
  devDependencies: versions.optional(),
  optionalDependencies: versions.optional(),
})
export type PackageEntry = Readonly<z.output<typeof packageEntry>>

export const packageFile = packageEntry.extend({ scripts: versions.default({}) })

export const lockFile = z.object({ packages: z.record(z.string(), packageEntry) })
export type LockFile = Readonly<z.output<typeof lockFile>>

/** Vitest's `--reporter=json`. */
export const unitReport = z.object({
  numPassedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
})

export type UnitReport = Readonly<z.output<typeof unitReport>>

const storyResult = z.object({
  status: z.string(),
  annotations: z.array(z.object({ type: z.string(), description: z.string().optional() })),
  results: z.array(z.object({ errors: z.array(z.object({ message: z.string().optional() })) })),
})
type StoryResult = Readonly<z.output<typeof storyResult>>

export type StorySuite = {
  readonly specs: readonly {
    readonly title: string
    readonly file: string
    readonly tests: readonly StoryResult[]
  }[]
  readonly suites?: readonly StorySuite[] | undefined
}
const storySuite: z.ZodType<StorySuite> = z.object({
  specs: z.array(z.object({ title: z.string(), file: z.string(), tests: z.array(storyResult) })),
  get suites() {
    return z.array(storySuite).optional()
  },
})

/** Playwright's `--reporter=json`. */
export const storyReport = z.object({
  suites: z.array(storySuite),
  stats: z.object({
    expected: z.number(),
    unexpected: z.number(),
    flaky: z.number(),
    skipped: z.number(),
  }),
})

export type StoryReport = Readonly<z.output<typeof storyReport>>

const counters = z.record(z.string(), z.number()).readonly()
const shortTimes = z.object({ median: z.number(), p95: z.number(), p99: z.number() }).readonly()
const times = z
  .object({
    min: z.number(),
    max: z.number(),
    mean: z.number(),
    median: z.number(),
    p95: z.number(),
    p99: z.number(),
  })
  .readonly()

/** Artillery's `--output`. Times are milliseconds. `intermediate`: periods of ten seconds; `period` is the start
 *  of one, in milliseconds since 1970. */
export const artilleryReport = z.object({
  aggregate: z.object({
    counters,
    summaries: z.record(z.string(), times).readonly(),
    firstMetricAt: z.number(),
    lastMetricAt: z.number(),
  }),
  intermediate: z
    .array(
      z.object({
        period: z.union([z.string(), z.number()]),
        counters,
        summaries: z.record(z.string(), shortTimes).readonly(),
      }),
    )
    .readonly()
    .optional(),
})
export type ArtilleryReport = Readonly<z.output<typeof artilleryReport>>

/** The arguments of a process that measures training, and the line that it prints. */
export const trialRequest = z.object({
  variant: z.string(),
  batch: z.number(),
  seconds: z.number(),
  threads: z.number(),
  tfjsWasm: z.string(),
})
export const trial = z.object({
  images: z.number(),
  wall_seconds: z.number(),
  cpu_seconds: z.number(),
  peak_mb: z.number(),
  detail: z.string(),
})
export type Trial = Readonly<z.output<typeof trial>>

/** The list of weight files in a `model.json` of TensorFlow.js. */
export const weightsManifest = z.object({
  weightsManifest: z.array(z.object({ paths: z.array(z.string()) })),
})

/** Where a partial download came from, next to it. */
export const downloadSource = z.object({ url: z.string(), etag: z.string() })

/** `buildah inspect --type image`. */
export const imageFacts = z.object({
  OCIv1: z.object({
    config: z.object({
      Env: z.array(z.string()),
      Cmd: z.array(z.string()),
      WorkingDir: z.string(),
      Volumes: z.record(z.string(), z.unknown()).default({}),
    }),
  }),
})
export type ImageConfig = Readonly<z.output<typeof imageFacts>['OCIv1']['config']>

/** `runc spec`: the parts of a container's config.json that are changed. */
export const containerSpec = z.looseObject({
  process: z.looseObject({}),
  mounts: z.array(z.looseObject({ destination: z.string() })),
  linux: z.looseObject({ namespaces: z.array(z.looseObject({ type: z.string() })) }),
})
