import "./try-out.css";

// The document of the API with buttons; SwaggerUIBundle comes from drf-spectacular-sidecar, served by ourselves.
const place = document.getElementById("probeer");
window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: false,
  validatorUrl: null,
  syntaxHighlight: false,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: -1,
  // Our page says already what this is, and there is one server to ask.
  plugins: [{ wrapComponents: { InfoContainer: () => () => null, ServersContainer: () => () => null } }],
  // The document names the address of the real site; here the site at hand is asked.
  requestInterceptor: (request) => {
    const asked = new URL(request.url, location.href);
    request.url = location.origin + asked.pathname + asked.search;
    return request;
  },
});

// It names its fields for the eye only, and lets only a mouse scroll a long answer.
new MutationObserver(() => {
  for (const field of place.querySelectorAll("tr[data-param-name] :is(input, select)"))
    field.setAttribute("aria-label", field.closest("tr").dataset.paramName);
  for (const choice of place.querySelectorAll(".examples-select-element"))
    choice.setAttribute("aria-label", place.dataset.voorbeelden);
  for (const answer of place.querySelectorAll("pre")) answer.tabIndex = 0;
}).observe(place, { childList: true, subtree: true });
