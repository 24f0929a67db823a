/** The headings under which label tables of common tools name files, classes and parts. Pure. */

/** Without accents, spaces and signs, in lower case; the likeliest first. */
const NAME_HEADINGS =
  'filename filepath file path image imagename imagepath imagefile imageid img imgname imgpath name id ' +
  'photo photoid picture fileupload imageurl url uri imagegcsuri sourceref originalimageuri externalid isicid ' +
  'datei dateiname dateipfad bild bildname fichier attachment ' +
  'nomfichier nomdufichier chemin archivo nombrearchivo fichero imagen ruta nome nomefile arquivo immagine ' +
  'imagem caminho bestand bestandsnaam plik zdjecie fil tiedosto soubor файл имяфаила изображение путь 文件名 ' +
  '文件 图片 图像 ファイル名 ファイル 画像 파일명 파일'
/** Names before numbers. */
const LABEL_HEADINGS =
  'labelname classname categoryname label labels class classes choice choices category categories ' +
  'annotation annotations tag tags sentiment species breed variety diagnosis dx disease finding ' +
  'findinglabels benignmalignant groundtruth truth target targets y type kind result classification ' +
  'targetname labelcode klasse klassen kategorie etikett bezeichnung art sorte label1 classe classes categorie ' +
  'etiquette espece clase categoria etiqueta especie classificacao rotulo etichetta soort etiket klasa ' +
  'kategoria gatunek etykieta klass kategori luokka trida класс категория метка 类别 标签 类 ラベル クラス カテゴリ 라벨 클래스 ' +
  'classificationannotation classificationannotations fileattributes regionattributes ' +
  'classid labelid categoryid classindex labelindex classidx labelidx'
const PART_HEADINGS =
  'split set subset partition part usage phase dataset datasplit dataset fold aufteilung teil ensemble particion ' +
  'partizione particao'

/** Headings of what is known not to be a class, whatever the cells. */
const OTHER_HEADINGS =
  'caption captions text description prompt alttext comment comments note notes remark title link md5 sha1 sha256 ' +
  'hash checksum width height size filesize xmin ymin xmax ymax x y w h left top right bottom annotator annotatorid ' +
  'annotationid annotatedby reviewer worker workerid user username timestamp date datetime time createdat updatedat ' +
  'leadtime latitude longitude lat lon lng confidence score weight difficult truncated occluded pose bbox area ' +
  'iscrowd regioncount regionid regionshapeattributes inputhash taskhash'

const words = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split(' ')
      .toReversed()
      .map((word, i, all) => [word, all.length - 1 - i]),
  )

const NAMES = words(NAME_HEADINGS)
const LABELS = words(LABEL_HEADINGS)
const PARTS = words(PART_HEADINGS)
const OTHERS = words(OTHER_HEADINGS)

const plain = (heading: string): string =>
  heading
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')

/** The place of a heading in the list; null: it is none. Lower is likelier. */
export const nameRank = (heading: string): number | null => NAMES.get(plain(heading)) ?? null
export const labelRank = (heading: string): number | null => LABELS.get(plain(heading)) ?? null
export const isPartHeading = (heading: string): boolean => PARTS.has(plain(heading))
export const isOtherHeading = (heading: string): boolean => OTHERS.has(plain(heading))
