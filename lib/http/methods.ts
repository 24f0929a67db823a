/**
 * Which methods an address supports, for OPTIONS and for refusals that must name them. Imported only when
 * needed, because it loads every contract.
 */
import { contracts } from '#lib/contracts/index.ts'
import type { Contract } from '#lib/contracts/contract.ts'

/** Routes without a contract: next-auth's, and the API description. */
const OTHERS: readonly (readonly [path: RegExp, methods: readonly string[]])[] = [
  [/^\/api\/auth\/./, ['GET', 'POST']],
  [/^\/api\/openapi\.json$/, ['GET']],
]

/**
 * Null where the API has no route. `more`: "METHOD /path" of addresses without a contract. Only Next knows
 * whether a page exists.
 */
export function methodsAt(path: string, more: readonly string[]): readonly string[] | null {
  const isPage = !path.startsWith('/api/')
  const all: readonly Contract[] = contracts
  const methods = [
    ...(isPage ? ['GET'] : all.filter((contract) => fits(contract.path, path)).map(({ method }) => method)),
    ...more.filter((route) => route.endsWith(` ${path}`)).map((route) => route.split(' ')[0]!),
    ...OTHERS.flatMap(([pattern, methods]) => (pattern.test(path) ? methods : [])),
  ]
  if (methods.length === 0) return null
  return [
    ...new Set([...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS']),
  ]
}

function fits(pattern: string, path: string): boolean {
  const [steps, actual] = [pattern.split('/'), path.split('/')]
  return (
    steps.length === actual.length &&
    steps.every((step, i) => (step.startsWith('{') ? actual[i] !== '' : step === actual[i]))
  )
}
