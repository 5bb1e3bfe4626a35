// Gives the fields that Django's own scripts draw the names that a screen reader needs.
(() => {
  const nameOf = (select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    return select.getAttribute("aria-label") || (label ? label.textContent.trim().replace(/:$/, "") : select.name);
  };

  const nameAll = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const drawn = select.parentElement.querySelector(".select2-selection");
      if (!drawn) continue;
      for (const part of [drawn, ...drawn.querySelectorAll(".select2-selection__rendered, input")]) {
        part.removeAttribute("aria-labelledby");
        if (part.tagName !== "UL") part.setAttribute("aria-label", nameOf(select));
      }
    }
  };

  // The field to search in is drawn when the list opens.
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches(".select2-search__field:not([aria-label])")) target.setAttribute("aria-label", "Zoeken");
  });

  // After Django's scripts, which answer the same events.
  const later = () => setTimeout(nameAll);
  window.addEventListener("load", later);
  document.addEventListener("formset:added", later);
})();
