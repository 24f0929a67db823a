/** Names without invisible characters: bidirectional controls that show "gpj.exe" as "exe.jpg", zero-width
 *  characters that make two classes look like one. Text in any script stays as it is, right-to-left included:
 *  its direction comes from its letters. Control characters are handled elsewhere. */

/** Unicode's Default_Ignorable_Code_Point (bidirectional controls, zero-width characters, fillers, tags), and
 *  other characters that show nothing. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u2028\u2029\u2800]/gu
/** The scripts and emoji in which these characters are part of the writing: joiners after letters of scripts that
 *  join, and characters that combine several emoji into one. */
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
  let shown = ''
  let from = 0
  for (const { 0: match, index } of text.matchAll(INVISIBLE)) {
    shown += text.slice(from, index)
    from = index + match.length
    const before = shown.slice(-4)
    const isWriting = JOINERS.includes(match)
      ? JOINING.test(before) || (match === '\u200D' && EMOJI.test(before))
      : match === EMOJI_STYLE && EMOJI.test(before)
    if (isWriting && from < text.length) shown += match
    else if (isWriting && match === EMOJI_STYLE) shown += match
  }
  return shown + text.slice(from)
}
