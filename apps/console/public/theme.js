// Before the first paint: the theme and the density that were chosen here, where they were.
try {
  const { theme, density } = JSON.parse(localStorage.getItem('heksher.look') ?? '{}');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  if (density === 'compact') document.documentElement.dataset.density = density;
} catch {
  // Storage may be forbidden: then the system decides.
}
