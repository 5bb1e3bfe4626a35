// The page's side of the service worker: have it keep what is needed, show what waits, ask it to send.

import { numbers } from "./queue.js";

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
  box.querySelector("button").hidden = !words.length;
}

export async function startWaiting(body) {
  const box = document.querySelector("[data-wachtrij]");
  if (!box || !body.dataset.dienst || !navigator.serviceWorker || !crypto.subtle) return;
  const refresh = () => numbers().then((found) => show(box, found));
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data.kept) document.documentElement.dataset.offline = "klaar";
    else show(box, data);
  });
  await refresh();
  await navigator.serviceWorker.register(body.dataset.dienst);
  const { active } = await navigator.serviceWorker.ready;
  const files = performance
    .getEntriesByType("resource")
    .map(({ name }) => name)
    .filter((name) => /\.(css|js|woff2|svg)$/.test(new URL(name).pathname) && new URL(name).origin === location.origin);
  const pages = [location.pathname + location.search, ...body.dataset.bewaar.split(" ").filter(Boolean)];
  const named = [...document.querySelectorAll("link[href], script[src]")]
    .filter((one) => ["stylesheet", "preload", "icon"].includes(one.rel) || one.src)
    .map((one) => one.href || one.src);
  active.postMessage({ bewaar: [...new Set([...pages, ...named, ...files])], verstuur: true });
  addEventListener("online", () => active.postMessage({ verstuur: true }));
  box.querySelector("button").addEventListener("click", () => active.postMessage({ verstuur: true, opnieuw: true }));
}
