/** Programs that use one classifier: its id, the address of this Darkroom and a key are filled in. A test runs those
 *  for curl and JavaScript. */

export type SnippetContext = {
  /** The address of this Darkroom, without a slash at its end. */
  readonly origin: string
  readonly id: string
  readonly title: string
  /** Null: no key is needed. */
  readonly key: string | null
}

export type Snippet = {
  readonly id: 'curl' | 'javascript' | 'python' | 'home-assistant'
  readonly label: string
  /** What to know before running it. */
  readonly note: string
  readonly code: string
}

/** The file that each of them sends. */
export const SAMPLE_FILE = 'image.jpg'

export const snippetsFor = (context: SnippetContext): readonly Snippet[] => [
  { id: 'curl', label: 'curl', note: 'In a terminal.', code: curlSnippet(context) },
  {
    id: 'javascript',
    label: 'JavaScript',
    note: 'For Node 20 or newer, without packages: save it as predict.mjs and run node predict.mjs.',
    code: javascriptSnippet(context),
  },
  {
    id: 'python',
    label: 'Python',
    note: 'With the package requests: pip install requests.',
    code: pythonSnippet(context),
  },
  {
    id: 'home-assistant',
    label: 'Home Assistant',
    note:
      'Every hour, a camera image is classified and the result is sent as a notification. Replace ' +
      'camera.garden with yours.',
    code: homeAssistantSnippet(context),
  },
]

const addressOf = ({ origin, id }: SnippetContext): string => `${origin}/api/predict?classifier=${id}`

const curlSnippet = (context: SnippetContext): string =>
  [
    `curl -sS "${addressOf(context)}" \\`,
    ...(context.key === null ? [] : [`  -H "Authorization: Bearer ${context.key}" \\`]),
    `  -F file=@${SAMPLE_FILE}`,
  ].join('\n')

const javascriptSnippet = (context: SnippetContext): string => `import { readFile } from 'node:fs/promises'

const form = new FormData()
form.append('file', new Blob([await readFile('${SAMPLE_FILE}')]), '${SAMPLE_FILE}')

const response = await fetch('${addressOf(context)}', {
  method: 'POST',${context.key === null ? '' : `\n  headers: { Authorization: 'Bearer ${context.key}' },`}
  body: form,
})
const answer = await response.json()
if (!response.ok) throw new Error(answer.detail)
console.log(answer.predicted_class, answer.confidence)`

const pythonSnippet = (context: SnippetContext): string => `import requests

with open("${SAMPLE_FILE}", "rb") as image:
    response = requests.post(
        "${addressOf(context)}",${
          context.key === null ? '' : `\n        headers={"Authorization": "Bearer ${context.key}"},`
        }
        files={"file": image},
        timeout=30,
    )
answer = response.json()
if not response.ok:
    raise SystemExit(answer["detail"])
print(answer["predicted_class"], answer["confidence"])`

const homeAssistantSnippet = (context: SnippetContext): string => `# configuration.yaml
shell_command:
  darkroom_predict: >-
    curl -sS "${addressOf(context)}"${
      context.key === null ? '' : `\n    -H "Authorization: Bearer ${context.key}"`
    }
    -F file=@/config/www/darkroom.jpg

sensor:
  - platform: rest
    name: ${JSON.stringify(`Predictions of ${context.title}`)}
    resource: ${context.origin}/api/statistics?classifier=${context.id}
    value_template: "{{ value_json.total_predictions }}"
    scan_interval: 300

# automations.yaml
- alias: ${JSON.stringify(`Classify with ${context.title}`)}
  triggers:
    - trigger: time_pattern
      hours: "*"
  actions:
    - action: camera.snapshot
      target:
        entity_id: camera.garden
      data:
        filename: /config/www/darkroom.jpg
    - action: shell_command.darkroom_predict
      response_variable: answer
    - action: notify.notify
      data:
        message: "{{ (answer.stdout | from_json).predicted_class }}"`
