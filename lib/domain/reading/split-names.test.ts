/** The names of the parts of a set in many languages, each as the folders of a set. */
import { expect, test } from 'vitest'
import { inWords, planned } from './set-plan.fakes.ts'

test.each([
  ['Portuguese', 'treino', 'validação', 'teste'],
  ['Dutch', 'opleiding', 'validatieset', 'toets'],
  ['Danish', 'træning', 'validering', 'test'],
  ['Finnish', 'opetus', 'validointi', 'testi'],
  ['Czech', 'trénovací', 'validační', 'testovací'],
  ['Polish, with the word for set', 'zbiór treningowy', 'zbiór walidacyjny', 'zbiór testowy'],
  ['Hungarian', 'tanító', 'validálás', 'teszt'],
  ['Romanian', 'antrenare', 'validare', 'testare'],
  ['Catalan', 'entrenament', 'validació', 'prova'],
  ['Greek', 'εκπαίδευση', 'επικύρωση', 'δοκιμή'],
  ['Ukrainian', 'навчання', 'валідація', 'тестування'],
  ['Russian, with the word for sample', 'обучающая выборка', 'валидационная выборка', 'тестовая выборка'],
  ['Turkish', 'eğitim', 'doğrulama', 'test'],
  ['Arabic', 'تدريب', 'التحقق', 'اختبار'],
  ['Hebrew', 'אימון', 'אימות', 'בדיקה'],
  ['Hindi', 'प्रशिक्षण', 'सत्यापन', 'परीक्षण'],
  ['Vietnamese', 'huấn luyện', 'xác thực', 'kiểm tra'],
  ['Indonesian', 'pelatihan', 'validasi', 'pengujian'],
  ['Japanese, for evaluation', '学習用', '検証用', '評価用'],
  ['French, of data', "données d'entraînement", 'données de validation', 'données de test'],
  ['Korean, with the word for purpose', '훈련용', '검증용', '시험용'],
  ['Thai', 'ชุดฝึก', 'ชุดตรวจสอบ', 'ชุดทดสอบ'],
  ['Georgian', 'სასწავლო', 'სავალიდაციო', 'სატესტო'],
  ['Bulgarian', 'обучение', 'валидиране', 'тестване'],
  ['Lithuanian', 'mokymo', 'validavimo', 'testavimo'],
  ['Slovenian', 'učna', 'validacija', 'testna'],
  ['Persian', 'آموزش', 'اعتبارسنجی', 'آزمون'],
  ['German, of learning', 'Lerndaten', 'Validierungsdaten', 'Prüfdaten'],
])('the parts are known: %s', (_language, train, validation, end) => {
  const plan = planned(`${train}/a*4, ${train}/b*4, ${validation}/a*2, ${end}/a*2`)

  expect(inWords(plan)).toBe('a 8, b 4 | train 8, validation 2, test 2')
  expect(plan.uncertain).toEqual([])
})
