// What the questions gain from a script. Without it they work too: the screens are anchors in one form.

import { arrange, chosen, fill } from "./answers.js";
import { watchCode } from "./code.js";
import { startDevice } from "./device.js";
import { newKey } from "./key.js";
import { startKiosk } from "./kiosk.js";
import { forget, recall, remember } from "./memory.js";
import { newSeed } from "./shuffle.js";
import { startWaiting } from "./waiting.js";

const { body } = document;
const form = document.querySelector("[data-vragen]");
const title = document.title;

// A page from the cache holds the key and the order of who had it first: everybody gets their own.
function renew() {
  const seed = newSeed();
  form.elements.sleutel.value = newKey();
  form.elements.volgorde.value = seed;
  arrange(form, seed);
  // The page may come from a cache: where it was opened from stands in its address.
  form.elements.stand.value = new URLSearchParams(location.search).get("stand") ?? "";
}

// A page from the cache may be of a round that has closed meanwhile. Without a network the clock of this device is
// all there is to go by; with one, the server is asked.
function turnAwayWhenClosed() {
  const closed = document.querySelector("[data-gesloten]");
  if (!closed || navigator.onLine || Date.now() < Date.parse(closed.dataset.gesloten)) return;
  closed.hidden = false;
  form.hidden = true;
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

// What was counted of who fills in now: again after a reload of this tab, it is nobody else.
const BEGIN = "0";
const counted = `geteld ${body.dataset.stappen}`;
const reached = new Set();
const has = (word) => (recall(counted) || "").split(" ").includes(word);
const mark = (word) => remember(counted, `${recall(counted) || ""} ${word}`);
async function reach(step) {
  if (reached.has(step) || !body.dataset.stappen) return;
  reached.add(step);
  let isCounted = has(`${step}=ok`);
  if (!has(step)) {
    // Before it is told, and once: who reloads meanwhile is nobody else either.
    mark(step);
    const number = new URLSearchParams({ stap: step });
    const options = { method: "POST", body: number, credentials: "omit", keepalive: true };
    // A number for the staff; without a network it is not worth the wait.
    const response = await fetch(body.dataset.stappen, options).catch(() => null);
    isCounted = Boolean(response?.ok);
    if (isCounted) mark(`${step}=ok`);
  }
  // Said along with what is sent: drop-off is of pages of which the beginning was counted.
  if (step === BEGIN && isCounted) form.elements.geteld.value = "1";
}

function onScreen(isFirst) {
  const screen = shownScreen();
  const heading = screen.querySelector("h2");
  document.title = screen.matches(".scherm--eerst") ? title : `${heading.textContent} · ${title}`;
  // The first screen of a kiosk waits for somebody; and who begins on another screen begins all the same.
  if (!isFirst || !body.hasAttribute("data-kiosk")) for (const step of [BEGIN, screen.dataset.stap]) reach(step);
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
  const parts = chosen(form).map(({ screen: one, name, lines }) => {
    const list = document.createElement("ul");
    list.className = "utrecht-unordered-list";
    for (const { text, language } of lines) line(list, text, language);
    const head = document.createElement("p");
    head.className = "gekozen__kop";
    const title = document.createElement("strong");
    title.textContent = name;
    const back = document.createElement("a");
    back.className = "nl-link";
    back.href = `#${one.id}`;
    back.textContent = box.dataset.wijzig;
    back.setAttribute("aria-label", `${box.dataset.wijzig}: ${name}`);
    head.append(title, " ", back);
    return [head, list];
  });
  const shown = box.querySelector("[data-lijst]");
  shown.textContent = parts.length ? "" : box.dataset.niets;
  shown.append(...parts.flat());
  box.hidden = false;
}

// Enter in a field goes on instead of sending half an answer.
function onEnter(event) {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  event.preventDefault();
  event.target.closest(".scherm").querySelector(".scherm__knoppen .nl-button--primary[href]")?.click();
}

// The same screen in another language.
function keepScreen({ target }) {
  target.formAction = `${form.getAttribute("action")}#${shownScreen().id}`;
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
  if (form.hasAttribute("data-vers")) {
    renew();
    turnAwayWhenClosed();
  }
  if (form.dataset.ingevuld) fill(form, new URLSearchParams(form.dataset.ingevuld));
  watchCode(form);
  for (const one of document.querySelectorAll("[name=taalkeuze]")) one.addEventListener("click", keepScreen);
  form.addEventListener("change", onTick);
  form.addEventListener("keydown", onEnter);
  addEventListener("hashchange", () => onScreen(false));
  addEventListener("pageshow", ({ persisted }) => persisted && hasSent() && afresh());
  onScreen(true);
  document.querySelector("[data-fouten]")?.focus();
}

// Back after sending: the browser may put the ticks back, and sent again they would count twice. Back after
// something else, such as a mistake that the server told, leaves everything as it was.
if (body.hasAttribute("data-klaar") && !isReturn) {
  remember("klaar", "1");
  forget(counted);
}
if (form) {
  if (hasSent() && isReturn) afresh();
  else start();
}
if (body.hasAttribute("data-kiosk")) startKiosk(body, form, () => forget(counted));
const onChange = body.hasAttribute("data-apparaat") ? startDevice(body, form, () => onScreen(false)) : () => {};
// A browser that keeps nothing, as in some private windows, needs the network and is none the worse for it.
startWaiting(body, onChange).catch(() => {});
