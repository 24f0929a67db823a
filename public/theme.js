// Sets the kept theme before the first paint, so that no page flashes in the other one.
try {
  const kept = localStorage.getItem('darkroom-theme')
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept
} catch {
  /* a browser that keeps nothing follows the system */
}
