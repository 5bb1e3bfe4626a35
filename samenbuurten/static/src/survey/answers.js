// The questions as a form: put what somebody answered in it, and tell what is in it.

import { order } from "./shuffle.js";

// The statements of each level in the order of this seed; "geen van deze" stays last.
export function arrange(form, seed) {
  for (const field of form.querySelectorAll("[data-niveau]")) {
    const statements = [...field.querySelectorAll("[data-plaats]")];
    statements.sort((one, other) => one.dataset.plaats - other.dataset.plaats);
    const none = field.querySelector("[data-geen]").closest("label");
    for (const one of order(statements, seed, Number(field.dataset.niveau))) none.before(one);
  }
}

// What is said of who sends, without a field to fill in.
const UNSEEN = ["begonnen", "kiosk"];

// `given`: URLSearchParams, as the form sent them.
export function fill(form, given) {
  for (const name of UNSEEN) {
    if (!given.has(name) || form.elements[name]) continue;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    form.prepend(field);
  }
  for (const field of form.elements) {
    if (!field.name || field.type === "submit") continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = given.getAll(field.name).includes(field.value);
    else field.value = given.get(field.name) || "";
  }
  arrange(form, Number(given.get("volgorde")));
}

// What was chosen, per screen: [{screen, name, lines: [{text, language, code}]}].
export function chosen(form) {
  const parts = [];
  for (const screen of form.querySelectorAll(".scherm")) {
    const lines = [];
    for (const ticked of screen.querySelectorAll("label input:checked")) {
      const words = ticked.nextElementSibling;
      lines.push({ text: words.textContent, language: words.lang, code: ticked.value });
    }
    for (const field of screen.querySelectorAll("textarea")) {
      if (field.value.trim()) lines.push({ text: `“${field.value.trim()}”`, code: field.name });
    }
    if (lines.length) parts.push({ screen, name: screen.querySelector("h2").textContent, lines });
  }
  return parts;
}
