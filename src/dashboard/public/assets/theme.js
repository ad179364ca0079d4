// A chosen theme, before anything is drawn; without one the system's holds. A plain script, since modules wait.
try {
  const theme = localStorage.getItem('assay-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off.
}
