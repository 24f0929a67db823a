'use client'
/** Light, dark, or as in the system; stored in localStorage, where public/theme.js reads it before the first
 *  paint. */
import { useSyncExternalStore } from 'react'
import { Segmented } from './segmented.tsx'

const KEY = 'darkroom-theme'
const CHANGED = 'darkroom-theme-changed'
type Theme = 'system' | 'light' | 'dark'

export function ThemeSwitch() {
  const theme = useSyncExternalStore(listen, currentTheme, (): Theme => 'system')
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

/** Calls back when the colours change, by the switch or by the system. Returns an unsubscribe function. */
export function onThemeChange(callback: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  window.addEventListener(CHANGED, callback)
  system.addEventListener('change', callback)
  return () => {
    window.removeEventListener(CHANGED, callback)
    system.removeEventListener('change', callback)
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

function currentTheme(): Theme {
  const theme = document.documentElement.dataset.theme
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

function listen(callback: () => void): () => void {
  window.addEventListener(CHANGED, callback)
  return () => window.removeEventListener(CHANGED, callback)
}
