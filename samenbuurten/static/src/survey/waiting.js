// The page's side of the service worker: have it keep what is needed, show what waits, ask it to send, and again.

import { numbers } from "./queue.js";

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 300000;

// All that the service worker and its queue cannot do without. A browser that lacks one of them gets no service
// worker: it needs the network, and what it sends is sent by the browser itself.
function canKeep() {
  const needed = [
    navigator.serviceWorker,
    window.indexedDB,
    window.caches,
    window.crypto?.subtle,
    window.AbortController,
    window.TextEncoder,
    window.URLSearchParams,
  ];
  return needed.every(Boolean);
}

function say(template, number) {
  return template.replace("{n}", number);
}

function show(box, { waiting, refused }) {
  const words = [];
  if (waiting) words.push(say(waiting === 1 ? box.dataset.een : box.dataset.meer, waiting));
  if (refused) words.push(say(refused === 1 ? box.dataset.geweigerdEen : box.dataset.geweigerdMeer, refused));
  box.dataset.wacht = waiting;
  box.dataset.geweigerd = refused;
  box.querySelector("p").textContent = words.join(" ");
  for (const way of box.querySelectorAll("button, a")) way.hidden = !words.length;
  // The page that says "bewaard" says so as long as it is true.
  const isHere = document.querySelector("[data-nog-hier]");
  if (isHere) {
    isHere.hidden = !words.length;
    document.querySelector("[data-niets-hier]").hidden = Boolean(words.length);
  }
}

async function ask(message) {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage(message);
}

// Sends again, each time after a longer while, as long as something waits and this page is open. Not all devices at
// the same moment: a server that was away would be away again.
function keepTrying() {
  let wait = FIRST_WAIT;
  let timer = null;
  function again() {
    ask({ verstuur: true });
    wait = Math.min(wait * 2, LONGEST_WAIT);
    timer = setTimeout(again, wait * (0.5 + Math.random()));
  }
  function on({ waiting }) {
    if (!waiting) {
      clearTimeout(timer);
      timer = null;
      wait = FIRST_WAIT;
    } else if (timer === null) timer = setTimeout(again, wait * (0.5 + Math.random()));
  }
  function now() {
    clearTimeout(timer);
    wait = FIRST_WAIT;
    again();
  }
  return { on, now };
}

// A browser may throw away what is not marked to stay. Some ask the visitor: only where there is something to keep.
let hasAsked = false;
function askToStay(body, { waiting, refused }) {
  if (hasAsked || !(waiting || refused || body.hasAttribute("data-kiosk"))) return;
  hasAsked = true;
  navigator.storage?.persist?.().catch(() => {});
}

export async function startWaiting(body, onChange) {
  const box = document.querySelector("[data-wachtrij]");
  if (!box || !body.dataset.dienst || !canKeep()) return;
  const trying = keepTrying();
  const on = (found) => {
    show(box, found);
    trying.on(found);
    askToStay(body, found);
    onChange();
  };
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if ("kept" in data) document.documentElement.dataset.offline = data.kept ? "klaar" : "deels";
    else on(data);
  });
  on(await numbers());
  await navigator.serviceWorker.register(body.dataset.dienst);
  const files = performance
    .getEntriesByType("resource")
    .map(({ name }) => name)
    .filter((name) => /\.(css|js|woff2|svg)$/.test(new URL(name).pathname) && new URL(name).origin === location.origin);
  const pages = [location.pathname + location.search, ...body.dataset.bewaar.split(" ").filter(Boolean)];
  const named = [...document.querySelectorAll("link[href], script[src]")]
    .filter((one) => ["stylesheet", "preload", "icon"].includes(one.rel) || one.src)
    .map((one) => one.href || one.src);
  addEventListener("online", trying.now);
  box.querySelector("button").addEventListener("click", () => ask({ verstuur: true, opnieuw: true }));
  await ask({ bewaar: [...new Set([...pages, ...named, ...files])], verstuur: true });
}
