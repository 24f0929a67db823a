/**
 * `npm run test:faults`: injects faults into its own instances and reports, line by line, the expected and
 * the measured values. test-faults/scenarios.ts lists the faults; docs/reliability.md describes what the product
 * promises under each.
 */
import { totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { Context, Form, CheckResult, Scenario } from './test-faults/fault-scenario.ts'
import { startProduct, type Product } from './test-faults/product.ts'
import { SCENARIOS } from './test-faults/scenarios.ts'
import { exitOnSignals } from './terminal/exit-on-signals.ts'
import { machineName } from './terminal/machine-name.ts'
import { resultTable } from './terminal/result-table.ts'

const SCENARIO_LINES = SCENARIOS.map(
  ({ name, is, in: forms }) => `  ${name.padEnd(15)}${is}${forms.includes('short') ? '' : ' (long form)'}`,
)

const HELP = `npm run test:faults [-- options]

Starts separate instances with empty data folders, injects faults into them and their environment,
and prints a table of what was expected and what was measured. Exits with 0 only if every check
passes. The long form takes about fifteen minutes on two cores; the short one, part of npm test,
about two minutes.

  --short          the short form
  --only LIST      only these scenarios, separated by commas (in their form, or the long one)
  --json           one JSON object per row instead of the table
  --help           show this help

${SCENARIO_LINES.join('\n')}`

type Row = CheckResult & { readonly scenario: string }
type SkippedScenario = { readonly scenario: string; readonly because: string }

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const requested = values.only?.split(',').map((name) => name.trim())
  const unknown = requested?.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name)) ?? []
  if (unknown.length > 0) {
    const available = SCENARIOS.map(({ name }) => name).join(', ')
    console.error(`Unknown scenario "${unknown.join('", "')}". Available scenarios: ${available}.`)
    return 1
  }
  const form: Form = values.short ? 'short' : 'long'
  const chosen = SCENARIOS.filter(({ name, in: forms }) =>
    requested ? requested.includes(name) : forms.includes(form),
  )
  const say = (line: string): void => console.error(line)
  say(`${machineName()}, ${(totalmem() / 1024 ** 3).toFixed(0)} GB`)
  const { rows, skipped } = await runAll(chosen, form, say)
  if (values.json) for (const row of rows) console.log(JSON.stringify(row))
  else console.log(resultTable(rows))
  for (const { scenario, because } of skipped) console.log(`SKIPPED ${scenario}: ${because}.`)
  const failed = rows.filter(({ holds }) => !holds).length
  console.log(`${rows.length - failed} passed, ${failed} failed, ${skipped.length} skipped`)
  return failed === 0 && rows.length > 0 ? 0 : 1
}

async function runAll(chosen: readonly Scenario[], form: Form, say: (line: string) => void) {
  const rows: Row[] = []
  const skipped: SkippedScenario[] = []
  const shared: Product[] = []
  const context: Context = {
    form,
    count: (numbers) => numbers[form],
    say: (line) => say(`  ${line}`),
    async product() {
      if (shared.length === 0) shared.push(await startProduct())
      return shared[0]!
    },
  }
  try {
    for (const { name, is, lacks, run } of chosen) {
      const because = lacks?.() ?? null
      if (because !== null) {
        skipped.push({ scenario: name, because })
        continue
      }
      const began = performance.now()
      say(`${name}: ${is}`)
      const judged = await run(context).catch((error: unknown): readonly CheckResult[] => [
        {
          what: is,
          expected: 'it completes',
          holds: false,
          measured: error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error),
        },
      ])
      for (const one of judged) {
        rows.push({ scenario: name, ...one })
        say(`  ${one.holds ? '✓' : '✗'} ${one.what}: ${one.measured}`)
      }
      say(`  ${((performance.now() - began) / 1000).toFixed(1)} s`)
    }
  } finally {
    for (const product of shared) await product[Symbol.asyncDispose]()
  }
  return { rows, skipped }
}

// A clean exit unmounts the test disk; instances exit when the pipe to their parent closes.
exitOnSignals()
process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
