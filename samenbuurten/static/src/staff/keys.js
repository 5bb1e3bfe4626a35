// A key for each button: elements say which ones in data-toetsen. Without this script the buttons work as they are.
// A second press within this time was meant for the page before: nobody has read this one yet.
(() => {
  const READING = 700;
  let shownAt = performance.now();
  let isSent = false;

  window.addEventListener("pageshow", () => {
    shownAt = performance.now();
    isSent = false;
  });
  const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    for (const target of document.querySelectorAll("[data-toetsen]")) {
      if (event.key.length === 1 && target.dataset.toetsen.includes(event.key.toLowerCase())) {
        event.preventDefault();
        if (isSent || performance.now() - shownAt < READING) return;
        isSent = true;
        target.click();
        return;
      }
    }
  });
})();
