/** Names without what nobody sees: bidirectional controls that show "gpj.exe" as "exe.jpg", zero-width
 *  characters that make two classes look like one. Text in any script stays as it is, right-to-left included:
 *  its direction comes from its letters. Control characters are not its business. */

/** Unicode's Default_Ignorable_Code_Point (bidirectional controls, zero-width characters, fillers, tags), and
 *  what else shows nothing. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u2028\u2029\u2800]/gu
/** Where two of them belong to the writing: joiners behind letters of scripts that join, and what makes
 *  several emoji one. */
const JOINING_SCRIPTS = [
  'Arabic',
  'Syriac',
  'Mongolian',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
]
const JOINING = new RegExp(`[${JOINING_SCRIPTS.map((name) => `\\p{Script=${name}}`).join('')}]$`, 'u')
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}#*0-9]\uFE0F?$/u
const JOINERS = ['\u200C', '\u200D']
const EMOJI_STYLE = '\uFE0F'

export function visible(text: string): string {
  let kept = ''
  let from = 0
  for (const { 0: found, index } of text.matchAll(INVISIBLE)) {
    kept += text.slice(from, index)
    from = index + found.length
    const before = kept.slice(-4)
    const isWriting = JOINERS.includes(found)
      ? JOINING.test(before) || (found === '\u200D' && EMOJI.test(before))
      : found === EMOJI_STYLE && EMOJI.test(before)
    if (isWriting && from < text.length) kept += found
    else if (isWriting && found === EMOJI_STYLE) kept += found
  }
  return kept + text.slice(from)
}
