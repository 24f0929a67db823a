/** Unit and integration tests: `*.test.ts` next to the code, in Node, two at a time. Stories in a browser are
 *  Playwright's (e2e/). */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['lib/**/*.test.ts', 'app/**/*.test.ts'],
    setupFiles: ['lib/checks/test-cleanup.ts'],
    globalSetup: ['lib/checks/test-postgres.ts'],
    environment: 'node',
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    isolate: false,
    retry: 1, // named in the closing lines of npm test: they are to be cured
  },
})
