// What the questions gain from a script. Without it they work too: the screens are anchors in one form.

import { startKiosk } from "./enquete/kiosk.js";
import { forget, recall, remember } from "./enquete/memory.js";
import { newSeed, order } from "./enquete/shuffle.js";
import { startWaiting } from "./enquete/waiting.js";

const { body } = document;
const form = document.querySelector("[data-vragen]");
const title = document.title;

// A page from the cache holds the key and the order of who had it first: everybody gets their own.
function renew() {
  const seed = newSeed();
  form.elements.sleutel.value = crypto.randomUUID?.() ?? form.elements.sleutel.value;
  form.elements.volgorde.value = seed;
  for (const field of form.querySelectorAll("[data-niveau]")) {
    const statements = [...field.querySelectorAll("[data-plaats]")];
    statements.sort((one, other) => one.dataset.plaats - other.dataset.plaats);
    const none = field.querySelector("[data-geen]").closest("label");
    for (const one of order(statements, seed, Number(field.dataset.niveau))) none.before(one);
  }
  // The page may come from a cache: where it was opened from stands in its address.
  form.elements.stand.value = new URLSearchParams(location.search).get("stand") ?? "";
}

// "Geen van deze" and a statement exclude each other: the last one ticked counts.
function onTick({ target }) {
  const field = target.closest("[data-niveau]");
  if (!field || !target.checked) return;
  for (const box of field.querySelectorAll("input")) {
    if (box !== target && box.hasAttribute("data-geen") !== target.hasAttribute("data-geen")) box.checked = false;
  }
}

function shownScreen() {
  const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
  return target?.closest(".scherm") ?? form.querySelector(".scherm--eerst");
}

const reached = new Set();
function reach(step) {
  if (reached.has(step) || !body.dataset.stappen) return;
  reached.add(step);
  const number = new URLSearchParams({ stap: step });
  // A number for the staff; without a network it is not worth the wait.
  fetch(body.dataset.stappen, { method: "POST", body: number, credentials: "omit", keepalive: true }).catch(() => {});
}

function onScreen(isFirst) {
  const screen = shownScreen();
  const heading = screen.querySelector("h2");
  document.title = screen.matches(".scherm--eerst") ? title : `${heading.textContent} · ${title}`;
  reach(screen.dataset.stap);
  if (screen.querySelector("[data-gekozen]")) summarise(screen);
  if (isFirst) return;
  if (location.hash === `#${screen.id}`) {
    scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }
}

function line(list, text, language) {
  const item = document.createElement("li");
  item.className = "utrecht-unordered-list__item";
  item.textContent = text;
  if (language) item.lang = language;
  list.append(item);
}

// On the last screen: what was chosen, with a way back to each.
function summarise(screen) {
  const box = screen.querySelector("[data-gekozen]");
  const parts = [];
  for (const one of form.querySelectorAll(".scherm")) {
    const list = document.createElement("ul");
    list.className = "utrecht-unordered-list";
    for (const ticked of one.querySelectorAll("label input:checked")) {
      const words = ticked.nextElementSibling;
      line(list, words.textContent, words.lang);
    }
    for (const field of one.querySelectorAll("textarea")) {
      if (field.value.trim()) line(list, `“${field.value.trim()}”`);
    }
    if (!list.children.length) continue;
    const head = document.createElement("p");
    head.className = "gekozen__kop";
    const name = document.createElement("strong");
    name.textContent = one.querySelector("h2").textContent;
    const back = document.createElement("a");
    back.className = "nl-link";
    back.href = `#${one.id}`;
    back.textContent = box.dataset.wijzig;
    back.setAttribute("aria-label", `${box.dataset.wijzig}: ${name.textContent}`);
    head.append(name, " ", back);
    parts.push(head, list);
  }
  const shown = box.querySelector("[data-lijst]");
  shown.replaceChildren(...parts);
  if (!parts.length) shown.textContent = box.dataset.niets;
  box.hidden = false;
}

// Enter in a field goes on instead of sending half an answer.
function onEnter(event) {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  event.preventDefault();
  event.target.closest(".scherm").querySelector(".scherm__knoppen .nl-button--primary[href]")?.click();
}

const isReturn = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
const afresh = () => location.replace(body.dataset.adres + location.search);

// Whether this tab just sent something off; asking forgets it.
function hasSent() {
  const sent = recall("klaar");
  forget("klaar");
  return Boolean(sent);
}

function start() {
  if (form.hasAttribute("data-vers")) renew();
  form.addEventListener("change", onTick);
  form.addEventListener("keydown", onEnter);
  addEventListener("hashchange", () => onScreen(false));
  addEventListener("pageshow", ({ persisted }) => persisted && hasSent() && afresh());
  onScreen(true);
  document.querySelector("[data-fouten]")?.focus();
}

// Back after sending: the browser may put the ticks back, and sent again they would count twice. Back after
// something else, such as a mistake that the server told, leaves everything as it was.
if (body.hasAttribute("data-klaar") && !isReturn) remember("klaar", "1");
if (form) {
  if (hasSent() && isReturn) afresh();
  else start();
}
if (body.hasAttribute("data-kiosk")) startKiosk(body, form);
// A browser that keeps nothing, as in some private windows, needs the network and is none the worse for it.
startWaiting(body).catch(() => {});
