import htmx from "htmx.org";

// The style rules that htmx would write into the page are refused by our Content-Security-Policy.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
// "Back" asks the server again: nothing of a visit stays behind in the browser.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;

// An address names only what was chosen.
document.addEventListener("htmx:configRequest", (event) => {
  const { formData } = event.detail;
  for (const name of new Set(formData.keys())) {
    const values = formData.getAll(name).filter((value) => value !== "");
    formData.delete(name);
    for (const value of values) formData.append(name, value);
  }
});

// The filters lie open beside the list where there is room, and closed above it where there is not.
const filters = document.querySelector("[data-filters]");
const wide = window.matchMedia("(min-width: 62rem)");
if (filters) {
  const follow = () => {
    filters.open = wide.matches || filters.hasAttribute("data-open");
  };
  follow();
  wide.addEventListener("change", follow);
}

// Who has a clipboard copies with one button; who has not selects the text.
const copy = document.querySelector("[data-kopieer]");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const text = document.querySelector("[data-kopie]");
    const said = document.querySelector("[data-gekopieerd]");
    text.select();
    said.textContent = await navigator.clipboard.writeText(text.value).then(
      () => said.dataset.gekopieerd,
      () => said.dataset.zelf,
    );
  });
}
