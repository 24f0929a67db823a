/** Line icons of 24 × 24 px. They always stand next to a text or on a control with a label. */
const PATHS = {
  grid: 'M4.5 4.5h6v6h-6zM13.5 4.5h6v6h-6zM4.5 13.5h6v6h-6zM13.5 13.5h6v6h-6z',
  home: 'M4 11.5 12 5l8 6.5M6.5 10v9h11v-9',
  eye: 'M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6Zm9 2.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  upload: 'M12 16V5m-4 4 4-4 4 4M5 16v3h14v-3',
  download: 'M12 5v11m-4-4 4 4 4-4M5 19h14',
  train: 'M20 12a8 8 0 1 1-2.3-5.6M20 4v4h-4',
  models: 'm12 4 8 4-8 4-8-4 8-4Zm8 8-8 4-8-4m16 4-8 4-8-4',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v6m3-6v6',
  history: 'M12 7v5l3 2m6-2a9 9 0 1 1-3-6.7M18 2v4h-4',
  chart: 'M4 19h16M7 16V9m5 7V5m5 11v-5',
  pulse: 'M3 12h4.5l2.5-7 4 14 2.5-7H21',
  sun:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm0-5v1.5M12 19.5V21M3 12h1.5m15 0H21M5.6 5.6l1.1 1.1m10.6 10.6 ' +
    '1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z',
  menu: 'M4 7h16M4 12h16M4 17h16',
  help: 'M9 9.2a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 2m0 2.9v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15l1.5-2ZM10 20.5a2 2 0 0 0 4 0',
  close: 'M6 6l12 12M18 6 6 18',
  image: 'M4 5h16v14H4zM8.5 10.5a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4ZM4 16l4.5-4 3.5 3 3.5-4 4.5 4.5',
  alert: 'M12 9v4m0 3.2v.1M12 4 3 19h18L12 4Z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  key: 'M14.5 9.5a4 4 0 1 0-3.6 4L13 15.5h2v2h2V20h3v-3l-5.8-5.8',
  gauge: 'M4 18a9 9 0 1 1 16 0M12 15l4-5.5M12 16.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4Z',
  sliders:
    'M4 7h9m4 0h3M4 17h3m4 0h9M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Zm-6 10a2.2 2.2 0 1 0 ' +
    '0-4.4 2.2 2.2 0 0 0 0 4.4Z',
  code: 'm8.5 7.5-4.5 4.5 4.5 4.5m7-9 4.5 4.5-4.5 4.5M13.5 5l-3 14',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c.8-3.5 3.6-5 7-5s6.2 1.5 7 5',
} as const
export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
