/**
 * Where a private word (private-words.ts) is right: names that are stored, sent or set by others, and other
 * meanings of the word. A list, without logic.
 */
export type WordException = {
  readonly files: RegExp
  /** The word with a few characters on both sides. */
  readonly text: RegExp
  readonly reason: string
}

export const EXPLAINED: readonly WordException[] = [
  {
    files: /^lib\/domain\/reading\/(?:folder-names|split-names|table-headings)\.ts$/,
    text: /pics\?\|pictures|pics? pictures?|photoid picture/,
    reason: 'names that folders and tables of others have',
  },
  {
    files: /^lib\/(data|operations)\//,
    text: /"?Picture"|Picture: |\['Picture'\]|'Picture',|insert\('Picture'|pictureHash/,
    reason: 'names in the database, and in backups of it',
  },
  {
    files: /^lib\/(data|operations|commands\/test-faults)\/|^docs\/operations\.md$/,
    text: /pictures[/'`.]/,
    reason: 'the folder of images in DATA_DIR',
  },
  {
    files: /^(app|lib)\//,
    text: /same_picture_other_label|has_original_pictures/,
    reason: 'names in the API',
  },
  {
    files: /^lib\/http\/image-input\.test\.ts$/,
    text: /"picture"|'picture'/,
    reason: 'a name that a client invents',
  },
  { files: /^lib\/serving\/admission\.ts$/, text: /Little's law/, reason: 'the name of a theorem' },
  {
    files: /^lib\/commands\/bench\/|^docs\/performance\.md$/,
    text: /pictures/,
    reason: 'an option and columns of `npm run bench`',
  },
  { files: /^lib\/http\/reference\.ts$/, text: /'pictures'/, reason: 'an address on /docs' },
  { files: /^README\.md$/, text: /<\/?picture>/, reason: 'HTML' },
  {
    files: /^lib\/ingest\/readers\/class-folders\.test\.ts$|^lib\/domain\/grouping\/splits\.test\.ts$/,
    text: /pictures\/|`picture \$/,
    reason: 'folders as users name them, and text whose hash decides a split',
  },
  {
    files: /./,
    text: /\bDOOR\b|--door|\bdoors?: |DOORS\b|\.doors?\b|door(,|}| of| ===)|door: settings|'doors'/,
    reason: 'the setting DOOR, and the option of `npm run bench` that sets it',
  },
  {
    files: /^(app|lib)\//,
    text: /familiar(ity)?\??[.!]+\??kept|\bkept: |\bkept:$/,
    reason: 'a field of model cards',
  },
  { files: /^lib\//, text: /'kept'/, reason: 'a kind of stored plans: samples of a classifier' },
  {
    files: /^docs\/earlier-projects\.md$/,
    text: /models kept/,
    reason: 'a quotation from the list of features of the earlier projects',
  },
  { files: /^lib\/checks\/parts\.ts$/, text: /'laws'/, reason: 'a former name that the command accepts' },
  {
    files: /^lib\/commands\/test-faults\/full-disk\.ts$/,
    text: /make room/,
    reason: 'matches an error text of the operating system or the product',
  },
  {
    files: /^lib\/domain\/evaluation\/statistics\.ts$|^docs\/decisions\/0020/,
    text: /law of succession|Little.s law/,
    reason: 'a title, and the name of a theorem',
  },
  {
    files: /learning-curve|curve-heads|decisions\/0047/,
    text: /power[ _\n*]+law/,
    reason: 'the term for a function such as x^-0.4',
  },
  { files: /^docs\/decisions\/0027/, text: /house numbers/, reason: 'ordinary English' },
]
