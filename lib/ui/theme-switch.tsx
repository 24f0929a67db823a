'use client'
/** Light, dark, or as the system has it; kept in localStorage, where public/theme.js reads it before the
 *  first paint. */
import { useSyncExternalStore } from 'react'
import { Segmented } from './segmented.tsx'

const KEY = 'darkroom-theme'
const CHANGED = 'darkroom-theme-changed'
type Theme = 'system' | 'light' | 'dark'

export function ThemeSwitch() {
  const theme = useSyncExternalStore(listen, chosen, (): Theme => 'system')
  return (
    <Segmented<Theme>
      label="Theme"
      value={theme}
      onChange={choose}
      options={[
        { value: 'system', label: 'Auto' },
        { value: 'light', label: 'Light' },
        { value: 'dark', label: 'Dark' },
      ]}
    />
  )
}

/** Calls back whenever colours change: by the switch, or by the system. */
export function onThemeChange(tell: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  window.addEventListener(CHANGED, tell)
  system.addEventListener('change', tell)
  return () => {
    window.removeEventListener(CHANGED, tell)
    system.removeEventListener('change', tell)
  }
}

function choose(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(KEY)
    delete document.documentElement.dataset.theme
  } else {
    localStorage.setItem(KEY, theme)
    document.documentElement.dataset.theme = theme
  }
  window.dispatchEvent(new Event(CHANGED))
}

function chosen(): Theme {
  const kept = document.documentElement.dataset.theme
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

function listen(tell: () => void): () => void {
  window.addEventListener(CHANGED, tell)
  return () => window.removeEventListener(CHANGED, tell)
}
