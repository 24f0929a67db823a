/** Which methods an address takes, for OPTIONS and for refusals that must name them. Read only when somebody
 *  asks: it knows every contract. */
import { contracts } from '#lib/contracts/index.ts'
import type { Contract } from '#lib/contracts/contract.ts'

/** Routes without a contract: next-auth's, and the description of all of them. */
const OTHERS: readonly (readonly [path: RegExp, methods: readonly string[]])[] = [
  [/^\/api\/auth\/./, ['GET', 'POST']],
  [/^\/api\/openapi\.json$/, ['GET']],
]

/** Null where nothing of the API lies. `more`: "METHOD /path" of addresses that have no contract. Whether a
 *  page is there, only Next knows. */
export function methodsAt(path: string, more: readonly string[]): readonly string[] | null {
  const isPage = !path.startsWith('/api/')
  const all: readonly Contract[] = contracts
  const found = [
    ...(isPage ? ['GET'] : all.filter((contract) => fits(contract.path, path)).map(({ method }) => method)),
    ...more.filter((route) => route.endsWith(` ${path}`)).map((route) => route.split(' ')[0]!),
    ...OTHERS.flatMap(([pattern, methods]) => (pattern.test(path) ? methods : [])),
  ]
  if (found.length === 0) return null
  return [
    ...new Set([...found.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS']),
  ]
}

function fits(pattern: string, path: string): boolean {
  const [steps, given] = [pattern.split('/'), path.split('/')]
  return (
    steps.length === given.length &&
    steps.every((step, i) => (step.startsWith('{') ? given[i] !== '' : step === given[i]))
  )
}
