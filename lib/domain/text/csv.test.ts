import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test.each<[string, readonly (string | number | null)[], string]>([
  ['plain cells are unchanged', ['a', 1.5, null], 'a,1.5,\r\n'],
  [
    'commas, quotes and line ends are quoted',
    ['a,b', 'say "x"', 'two\nlines'],
    '"a,b","say ""x""","two\nlines"\r\n',
  ],
  [
    'a formula does not run in a spreadsheet',
    ['=HYPERLINK("http://x")', '+1', '-2', '@A1'],
    `"'=HYPERLINK(""http://x"")",'+1,'-2,'@A1\r\n`,
  ],
  [
    'spaces before a formula do not help it',
    [' =1', '\u00a0+1', '\u200b@A1', '"=1"'],
    `' =1,'\u00a0+1,'\u200b@A1,"'""=1"""\r\n`,
  ],
  [
    'nor do full-width, small and other signs',
    ['＝1', '＋1', '－1', '＠A1', '﹦1', '−1'],
    `'＝1,'＋1,'－1,'＠A1,'﹦1,'−1\r\n`,
  ],
  [
    'nor does what separates cells in other locales',
    ['a;=1+1', 'a;=1;+2', 'a\t-1', 'a; "=1"', 'a\r\n=1'],
    `"a;'=1+1","a;'=1;'+2","a\t'-1","a;' ""=1""","a\r\n'=1"\r\n`,
  ],
  ['nor does a tab or a line end before it', ['\t=1', '\ra', '\n=1'], `"'\t'=1","'\ra","'\n'=1"\r\n`],
  [
    'what only looks like one inside stays',
    ['a-b', 'x=y', 'me@example.org', 'a; b', '5 - 3'],
    'a-b,x=y,me@example.org,"a; b",5 - 3\r\n',
  ],
  ['a negative number is a number', [-2], '-2\r\n'],
])('%s', (_story, cells, line) => expect(csvLine(cells)).toBe(line))
