// The document of the API with buttons; SwaggerUIBundle comes from drf-spectacular-sidecar, served by ourselves.
const place = document.getElementById("probeer");
window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: false,
  validatorUrl: null,
  // The document names the address of the real site; here the site at hand is asked.
  requestInterceptor: (request) => {
    const asked = new URL(request.url, location.href);
    request.url = location.origin + asked.pathname + asked.search;
    return request;
  },
});
