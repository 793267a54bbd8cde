// Runs before the page is painted, so that a chosen scheme never flashes the other one. Its own file: no script may stand in the page.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('perdure-color-scheme');
  } catch (error) {
    /* storage refused: follow the system */
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
