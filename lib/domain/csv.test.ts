import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test.each<[string, readonly (string | number | null)[], string]>([
  ['plain cells stand as they are', ['a', 1.5, null], 'a,1.5,\r\n'],
  ['commas, quotes and line ends are quoted', ['a,b', 'say "x"', 'two\nlines'], '"a,b","say ""x""","two\nlines"\r\n'],
  ['a formula does not run in a spreadsheet', ['=HYPERLINK("http://x")', '+1', '-2', '@A1'], `"'=HYPERLINK(""http://x"")",'+1,'-2,'@A1\r\n`],
  ['a negative number is a number', [-2], '-2\r\n'],
])('%s', (_story, cells, line) => expect(csvLine(cells)).toBe(line))
