/** The parts of a set that folders and tables name: training, validation, test, and images without labels, in the
 *  forms and languages that occur. Pure; whether a folder is meant as a part is decided in folder-parts.ts. */

export type PartRole = 'train' | 'validation' | 'test' | 'unlabelled'
/** `residue`: what remains of the name without its role, such as `cats` of `train_cats`. */
export type PartName = { readonly role: PartRole; readonly residue: string }

/** Without accents, in lower case. */
const ROLE_WORDS: Readonly<Record<PartRole, string>> = {
  train:
    'train training trainings trainval trn tr fit learn learning lern lernen entrainement apprentissage ' +
    'entrenamiento entreno addestramento allenamento treinamento treino trainen trening treningowy treningowe ' +
    'uczacy uczenie traning trenovaci trenink tranovaci koulutus egitim обучение обучающая обучающии ' +
    'тренировочная тренировка 训练 訓練 学習 学习 トレーニング 훈련 학습 opleiding træning opetus tanito tanulo antrenare ' +
    'entrenament treniranje obuka latih pelatihan latihan huanluyen навчання навчальна тренувальні тренувальна ' +
    'εκπαιδευση εκπαιδευσης تدريب التدريب אימון प्रशिक्षण ฝึก ฝึกสอน ชุดฝึก ชุดฝึกสอน სასწავლო სავარჯიშო ' +
    'тренировъчни обучаващ обучаваща тренинг обука opplæring treening apmācība mokymas mokymo učenje učna učni ' +
    'trénovacie trénovacia adestramento entrenamendu pagsasanay mafunzo təlim آموزش প্রশিক্ষণ பயிற்சி',
  validation:
    'val vali valid validate validating validation dev develop development eval evaluation validierung ' +
    'validierungs validacion validazione convalida validacao validatie walidacja walidacyjny validering ' +
    'validace validacni dogrulama валидация валидационная 验证 驗證 検証 검증 validointi validalas validare validacio ' +
    'validasi xacthuc валідація валідаційна επικυρωση επικυρωσης التحقق אימות सत्यापन ชุดตรวจสอบ ตรวจสอบ ' +
    'სავალიდაციო ვალიდაცია валидиране валидационни валидација valideerimine validācija validavimas validavimo ' +
    'validacija validacijska validačné validačná balidazioa doğrulama اعتبارسنجی',
  test:
    'test tests testing tst te ts testset holdout pruf prufung pruefung essai essais prueba pruebas teste ' +
    'testes prova verifica toets testowy testowe testovaci тест тестовая тестирование 测试 測試 テスト 評価 테스트 시험 ' +
    'testi teszt testare uji pengujian kiemtra тестування тестова тестові δοκιμη δοκιμης ελεγχος اختبار الاختبار ' +
    'בדיקה מבחן परीक्षण ทดสอบ ชุดทดสอบ სატესტო ტესტი ტესტირება тестови тестване тестирање ' +
    'testimine testēšana testavimas testavimo testna testni testiranje testovacie testovacia proba ujian ' +
    'pagsubok jaribio тестілеу آزمون آزمایش تست পরীক্ষা சோதனை',
  unlabelled:
    'pred preds predict prediction predictions unlabeled unlabelled unlabel unlabels nolabel nolabels inference ' +
    'unsorted unannotated unsortiert unbeschriftet ungelabelt unclassified nonetiquete sinetiqueta sinetiquetar ' +
    'senzaetichetta semrotulo 未标注 未標註 ラベルなし',
}
/** Without accents and in lower case; letters and digits of any script stay. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
const ROLE_OF: ReadonlyMap<string, PartRole> = new Map(
  (Object.keys(ROLE_WORDS) as PartRole[]).flatMap((role) =>
    ROLE_WORDS[role].split(' ').map((word) => [plain(word), role] as const),
  ),
)
/** Words that say nothing about the role or the class. */
const NEUTRAL: ReadonlySet<string> = new Set(
  (
    'set sets data dataset datasets ds database images image img imgs pics pic pictures photos photo files folder ' +
    'split splits subset seg samples sample part parts the my all raw final full small large new old original jpg ' +
    'jpeg png aug augmented augmentation daten satz datensatz bilder fotos ' +
    'conjunto de des d datos imagenes jeu donnees dati immagini dados ' +
    'imagens zdjecia dane zbior выборка набор данные дані gambar anh dulieu ' +
    'of for only crops cropped resized public private seen unseen version 数据 数据集 集 データ データセット 데이터'
  ).split(' '),
)
const SUFFIX =
  /(?:datensatz|dataset|daten|data|images?|imgs?|bilder|folder|split|set|satz|s|集|数据集|数据|データ|セット|用|데이터|세트|용)$/

/** Longer names of folders with both a class and a part do not occur. */
const LONGEST_NAME = 200

/** Null: the name names no part. */
export function partOf(name: string): PartName | null {
  const tokens = name
    .trim()
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((token) => token !== '' && !/^\d+$/.test(token))
    .map((text) => ({ text, word: plain(text).replace(/(?<=\p{L})\d+$/u, '') }))
  const whole = ROLE_OF.get(tokens.map(({ word }) => word).join(''))
  if (whole !== undefined) return { role: whole, residue: '' }
  let role: PartRole | null = null
  const residue: string[] = []
  for (const { text, word } of tokens) {
    const own = roleOfToken(word)
    if (own !== null && role !== null && own !== role) return combined(role, own)
    if (own !== null) role = own
    else if (!NEUTRAL.has(word)) residue.push(text)
  }
  return role === null ? null : { role, residue: residue.join(' ') }
}

/** `cats_test`, `test-cats`, `cats (validation)`: a class with the part of the set at either end of its name. Null: it
 *  has none, or is nothing else. */
export function classAndPartOf(name: string): { readonly role: PartRole; readonly label: string } | null {
  if (name.length > LONGEST_NAME) return null
  for (const { index, 0: separator } of name.matchAll(/[-_. ()[\]]+/g)) {
    const before = name.slice(0, index)
    const after = name.slice(index + separator.length).replace(/[)\]]+$/, '')
    const atEnd = partOf(after)
    if (before !== '' && atEnd?.residue === '') return { role: atEnd.role, label: before.trim() }
    const atStart = partOf(before)
    if (after !== '' && atStart?.residue === '') return { role: atStart.role, label: after.trim() }
  }
  return null
}

function roleOfToken(word: string): PartRole | null {
  const own = ROLE_OF.get(word)
  if (own !== undefined) return own
  const stem = word.replace(SUFFIX, '')
  return stem.length >= 2 && stem !== word ? (ROLE_OF.get(stem) ?? null) : null
}

/** `train_val` is a training part; other pairs name no part. */
const combined = (a: PartRole, b: PartRole): PartName | null =>
  [a, b].toSorted().join() === 'train,validation' ? { role: 'train', residue: '' } : null
