import { expect, test } from 'vitest'
import { visible } from './visible-text.ts'

test.each<[string, string, string]>([
  ['an override that reverses an extension', 'photo\u202Egpj.exe', 'photogpj.exe'],
  ['isolates, embeddings and marks', '\u2066a\u2069\u202Ab\u202C\u200Ec\u200F\u061Cd', 'abcd'],
  ['zero-width characters', 'ca\u200Bt\uFEFF\u2060\u00AD', 'cat'],
  ['a joiner at the end, with nothing to join', 'क\u200D', 'क'],
  ['a joiner between letters that do not join', 'ca\u200Dt', 'cat'],
  ['fillers, tags and annotations', '\u3164\u115Fx\u{E0041}\uFFF9\u034F\u2800', 'x'],
  ['line and paragraph separators', 'a\u2028b\u2029', 'ab'],
  ['a variation selector without effect', 'a\uFE0Fb', 'ab'],
  ['only invisible characters', '\u200B\u202E', ''],
])('%s are removed', (_story, name, seen) => expect(visible(name)).toBe(seen))

test.each([
  'Äpfel & Birnen',
  'naïve',
  'e\u0301',
  'עברית',
  'العربية',
  'mixed עברית 12',
  'می‌خواهم',
  'क्‍ष',
  'ශ්‍රී',
  '日本語',
  '한국어',
  '👩‍🌾',
  '👍🏽',
  '❤️',
  '❤️‍🔥',
  '1️⃣',
  '🏴',
])('%s is preserved', (name) => expect(visible(name)).toBe(name))
