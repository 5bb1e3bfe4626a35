// Built as insluiten.js: that address stands in the pages of others, so it stays.
// In somebody else's page: let each of our frames grow to what is in it.
const origin = new URL(document.currentScript.src).origin;
window.addEventListener("message", (event) => {
  const height = Number(event.data?.samenbuurten);
  if (event.origin !== origin || !(height > 0)) return;
  for (const frame of document.querySelectorAll("iframe.samen-buurten")) {
    if (frame.contentWindow === event.source) frame.height = Math.min(Math.ceil(height), 20000);
  }
});
