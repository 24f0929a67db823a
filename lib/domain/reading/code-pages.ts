/** Names of files in old archives, which do not state their code page: the one that makes all names valid and likely
 *  is guessed. Pure. */

/** The upper halves of the code pages of DOS that no browser and no Node decodes (unicode.org/Public/MAPPINGS). */
const TABLES = {
  cp437:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
    '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  cp850:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
    '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0',
  cp852:
    'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐' +
    '└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0',
} as const
type TableName = keyof typeof TABLES

/** EUC-KR is only taken instead of GBK, which fits its bytes as well. */
const NEVER = -Infinity

/** By how often their archives occur where the names fit equally well. The encodings of several bytes are strict: one
 *  invalid name excludes them. */
const CODE_PAGES = {
  cp437: { name: 'code page 437', prior: 0.3 },
  cp850: { name: 'code page 850', prior: 0.25 },
  cp852: { name: 'code page 852', prior: 0.15 },
  ibm866: { name: 'code page 866', prior: 0.2 },
  shift_jis: { name: 'Shift-JIS', prior: 0.2 },
  gbk: { name: 'GBK', prior: 0.2 },
  big5: { name: 'Big5', prior: 0.1 },
  'windows-1252': { name: 'Windows-1252', prior: 0.1 },
  'windows-1251': { name: 'Windows-1251', prior: 0 },
  'windows-1250': { name: 'Windows-1250', prior: 0 },
  'euc-kr': { name: 'EUC-KR', prior: NEVER },
} as const
export type CodePage = keyof typeof CODE_PAGES

export const codePageName = (page: CodePage): string => CODE_PAGES[page].name

const isTable = (page: AnyPage): page is TableName & CodePage => page in TABLES

/** Null: the bytes are not valid in this code page. */
export function decodeName(bytes: Uint8Array, page: AnyPage): string | null {
  if (isTable(page)) {
    let text = ''
    for (const byte of bytes) text += byte < 128 ? String.fromCharCode(byte) : TABLES[page][byte - 128]!
    return text
  }
  try {
    return new TextDecoder(page, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** @param names the bytes of the names that are not UTF-8 */
export const guessCodePage = (names: readonly Uint8Array[]): CodePage =>
  korean(likeliest(names, CODE_PAGES, 'cp437'), names)

/** Whether a character takes two bytes, which may by chance be those of a character in UTF-8. */
export const isDoubleByte = (page: CodePage): boolean => COMMON[page] !== undefined || page === 'euc-kr'

/** In which programs save tables, by how often where the texts fit equally well. */
const TEXT_PAGES = {
  'windows-1252': { name: 'Windows-1252', prior: 0.3 },
  'windows-1250': { name: 'Windows-1250', prior: 0 },
  'windows-1251': { name: 'Windows-1251', prior: 0.25 },
  shift_jis: { name: 'Shift-JIS', prior: 0.2 },
  gbk: { name: 'GBK', prior: 0.2 },
  big5: { name: 'Big5', prior: 0.1 },
  'euc-kr': { name: 'EUC-KR', prior: NEVER },
} as const
export type TextPage = keyof typeof TEXT_PAGES

export const textPageName = (page: TextPage): string => TEXT_PAGES[page].name

/** @param words the bytes of the parts of a text that are not ASCII */
export const guessTextPage = (words: readonly Uint8Array[]): TextPage =>
  korean(likeliest(words, TEXT_PAGES, 'windows-1252'), words)

/** The Hangul of EUC-KR are ideographs in GBK, of which Chinese texts use others, too. */
const korean = <Page extends AnyPage>(page: Page, words: readonly Uint8Array[]): Page | 'euc-kr' =>
  page === 'gbk' && areKorean(words) ? 'euc-kr' : page

/** So many Hangul, common or not, are no Chinese text; fewer have to be common ones. */
const SURELY_HANGUL = 8
const FEWEST_HANGUL = 2
/** Of Chinese names read as Korean, about one character in eight is common. */
const COMMON_SHARE = 0.6
const COMMON_HANGUL = new Set(
  '가각간감강개거건게견결계고곡골공과관광교구국권귀그근금기김까꽃꿀나난날남내너네노녹농누눈니다단달닭담당대더도독돌동돼되두드들등디' +
    '딸땅떡뚜라란람랑래러레려력련로록류르름리린림마만말망매머면명모목몽무문물미민밀바박반발밤방배백버번벌범벨별병보복봉부북분불브블비빵' +
    '사산살삼상새색생서석선설성세셔소속손솔송쇠수순숲스시식신실심싸쌀아악안알암앵야양어언얼엄여연열염영예오옥온올와완왕외요용우운울원위' +
    '유육은음의이익인일임입자작잔잠장재저적전점정제조족종좌주죽중쥐즈지직진집차찬참채처천철청체초추축춘충치카칼캐커컵코콩쿠크키타탄태터' +
    '테토통투트티파판팔패퍼편평포표푸풀품프플피하학한항해행향허현형호홍화환황회효후훈휴흑흰',
)

function areKorean(words: readonly Uint8Array[]): boolean {
  const text = words.map((bytes) => decodeName(bytes, 'euc-kr') ?? '?').join('')
  const beyond = text.match(/[^\0-\x7f]/gu) ?? []
  if (!beyond.every((one) => /[\uac00-\ud7a3]/u.test(one))) return false
  const common = beyond.filter((one) => COMMON_HANGUL.has(one)).length
  return (
    beyond.length >= SURELY_HANGUL ||
    (beyond.length >= FEWEST_HANGUL && common >= COMMON_SHARE * beyond.length)
  )
}

type AnyPage = CodePage | TextPage

function likeliest<Page extends AnyPage>(
  names: readonly Uint8Array[],
  pages: Readonly<Record<Page, { readonly prior: number }>>,
  usual: NoInfer<Page>,
): Page {
  let best: { page: Page; score: number } = { page: usual, score: -Infinity }
  for (const page of Object.keys(pages) as Page[]) {
    const score = scoreOf(names, page, pages[page].prior)
    if (score !== null && score > best.score) best = { page, score }
  }
  return best.page
}

/** The mean likelihood of the characters beyond ASCII, and of their neighbours. */
function scoreOf(names: readonly Uint8Array[], page: AnyPage, prior: number): number | null {
  let sum = 0
  let characters = 0
  for (const bytes of names) {
    const text = decodeName(bytes, page)
    if (text === null || /\p{Co}/u.test(text)) return null
    const ideographs = /\p{Script=Han}/u.test(text) ? commonIdeographs(bytes, page) : 1
    for (const part of text.split(/[^\p{L}\p{M}\p{N}\p{S}\p{P}]+|[/\\._ -]+/u)) {
      const word = part.replace(/^[¿¡](?=.*[?!]$)/u, '')
      for (const character of word.match(/[^\0-\x7f]/gu) ?? []) {
        characters += 1
        sum += likelihood(character) * (/\p{Script=Han}/u.test(character) ? ideographs : 1)
      }
      sum -= strangeness(word)
    }
  }
  return characters === 0 ? prior : sum / characters + prior
}

const USUAL_LATIN =
  /[àáâãäåæçèéêëìíîïñòóôõöøùúûüýßœÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜąćęłńśźżčďěňřšťůžőűășțđĄĆĘŁŃŚŹŻČĎŘŠŤŽŐŰ]/u

function likelihood(character: string): number {
  if (USUAL_LATIN.test(character)) return 2
  if (/[ぁ-んァ-ヶー一]/u.test(character)) return 3
  if (/\p{Script=Han}|\p{Script=Hangul}/u.test(character)) return 2.5
  if (/[а-яёА-ЯЁ]/u.test(character)) return 2
  if (/[\uff61-\uff9f]/u.test(character)) return -1 // half-width katakana: single bytes of anything
  if (/\p{L}/u.test(character)) return 0
  return -3
}

const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u,
  /\p{Script=Hangul}/u,
] as const

/** Mixed scripts, capitals after small letters, and several accents in a row do not occur in words. */
function strangeness(word: string): number {
  if (!/[^\0-\x7f]/u.test(word)) return 0
  const isMixed = SCRIPTS.filter((one) => one.test(word)).length > 1
  const hasInnerCapital = /\p{Ll}\p{Lu}/u.test(word) && /\p{Lu}/u.test(word.replace(/[\0-\x7f]/g, ''))
  const hasAccentsInARow = /(?:(?=\p{Script=Latin})[^\0-\x7f]){3}/u.test(word)
  return (isMixed ? 4 : 0) + (hasInnerCapital ? 3 : 0) + (hasAccentsInARow ? 4 : 0)
}

/** The first bytes of the common characters: level 1 of GB 2312, Big5 and JIS X 0208. */
const COMMON: Partial<Record<AnyPage, readonly [number, number]>> = {
  gbk: [0xb0, 0xd7],
  big5: [0xa4, 0xc6],
  shift_jis: [0x88, 0x98],
}

/** The share of common characters among the two-byte characters, from -1 to 1. */
function commonIdeographs(bytes: Uint8Array, page: AnyPage): number {
  const range = COMMON[page]
  if (range === undefined) return 1
  let common = 0
  let all = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte < 0x81 || (page === 'shift_jis' && byte >= 0xa0 && byte < 0xe0)) continue
    i += 1
    if (page === 'shift_jis' && (byte === 0x82 || byte === 0x83 || byte === 0x81)) continue
    all += 1
    const isRare = page === 'gbk' && (bytes[i] ?? 0) < 0xa1 // beyond GB 2312
    if (byte >= range[0] && byte <= range[1] && !isRare) common += 1
  }
  return all === 0 ? 1 : (2 * common) / all - 1
}
