// The service worker of the survey: what was opened once opens without a network, and what is sent without one
// waits on the device until it can go. It sends each answer with the key in its body, so that sending again is
// harmless: the server stores a key once. An answer leaves the device on our own word for that key and on nothing
// else: what a portal, a proxy or another address answers is no receipt.

import { all, bodyOf, forget, keyOf, numbers, put, REFUSED, refuse, remove } from "./queue.js";

const CACHE = "enquete";
const PATIENCE = 5000;
const SYNC = "verstuur";
const RECEIVED = "ontvangen";

// For when even our own pages could not be kept.
const HTML = { "Content-Type": "text/html; charset=utf-8" };
const START =
  '<!doctype html><html lang="nl"><meta name="viewport" content="width=device-width"><title>Samen Buurten</title>';
const BARE_KEPT = `${START}<h1>Bedankt, bewaard op dit apparaat</h1><p><a href="">Terug naar de vragen</a></p>`;
const BARE_NOT_KEPT = `${START}<h1>Niet verstuurd en niet bewaard</h1><p>Laat deze pagina open.</p><form method="post"><!--velden--><button>Probeer het opnieuw</button></form>`;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// One page, whatever stand it was opened from: only the language and the kiosk make it another.
function pageKey(address) {
  const url = new URL(address, self.location);
  const asked = new URLSearchParams();
  for (const name of ["taal", "kiosk"]) {
    const value = url.searchParams.get(name);
    if (value) asked.set(name, value);
  }
  return `${url.origin}${url.pathname}?${asked}`;
}

// null: nobody answered in time. Nothing but the asking is tried here: another mistake is no missing network.
async function ask(address, options, isWhole) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(address, { ...options, signal: stop.signal });
    // A page that is cut off halfway is no page either.
    if (isWhole && response.ok) await response.clone().blob();
    return response;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

// Our own pages say whether to keep them; what anybody else shows in their place changes nothing here.
async function keep(address, response) {
  const mark = response.headers.get("X-Bewaren");
  const cache = await caches.open(CACHE);
  if (mark === "1" && response.ok) await cache.put(pageKey(address), response);
  else if (mark === "0") await cache.delete(pageKey(address));
}

// Where nothing can be kept, nothing is found.
function kept(address) {
  return find(address).catch(() => undefined);
}

async function find(address) {
  const cache = await caches.open(CACHE);
  const key = new URL(pageKey(address));
  const found = await cache.match(key.href);
  if (found) return found;
  // Opened in a language that was not asked for by name before.
  const isKiosk = key.searchParams.has("kiosk");
  for (const request of await cache.keys()) {
    const url = new URL(request.url);
    if (url.pathname === key.pathname && url.searchParams.has("kiosk") === isKiosk) return cache.match(request);
  }
  return undefined;
}

async function read(request) {
  // With the cookies of who works here: a page that only staff see is never marked to be kept.
  const response = await ask(request, {}, true);
  if (!response || response.status >= 500) return (await kept(request.url)) || response || Response.error();
  // That it cannot be kept, as on a full disk, is no reason not to show it.
  await keep(request.url, response.clone()).catch(() => {});
  return response;
}

function post(address, body, headers) {
  const form = { "Content-Type": "application/x-www-form-urlencoded", ...headers };
  return ask(address, { method: "POST", headers: form, body, credentials: "omit", redirect: "manual" });
}

// What our own server says of the answer under this key: "ontvangen" or "geweigerd" (and why), else nothing.
function verdictOn(response, key) {
  const [word, named, reason] = (response?.headers.get("X-Inzending") || "").split(" ");
  return named && named === key?.toLowerCase() ? { word, reason } : {};
}

async function send(request) {
  const body = await request.text();
  const given = new URLSearchParams(body);
  const response = await post(request.url, body);
  if (given.has("controle")) return response || Response.error();
  if (given.has("taalkeuze")) return response || (await inOtherLanguage(request.url, given)) || Response.error();
  const { word } = verdictOn(response, given.get("sleutel"));
  if (word === RECEIVED) await forget(given.get("sleutel")).catch(() => {});
  if (word) return response;
  try {
    await put(request.url, body);
  } catch {
    return notKept(request.url, given);
  }
  await wakeMeUp();
  await tell().catch(() => {});
  const page = await kept(pageBeside("bewaard/", request.url, given));
  return page || new Response(BARE_KEPT, { headers: HTML });
}

function pageBeside(name, address, given) {
  const asked = new URLSearchParams();
  for (const field of ["taal", "kiosk"]) if (given.get(field)) asked.set(field, given.get(field));
  return new URL(`${name}?${asked}`, address);
}

const inHtml = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

// Without a network: the questions as they are kept in this language, for the page to put in what was filled in.
async function inOtherLanguage(address, given) {
  given.set("taal", given.get("taalkeuze"));
  given.delete("taalkeuze");
  const page = await kept(pageBeside("./", address, given));
  if (!page) return undefined;
  const filled = () => ` data-ingevuld="${inHtml(String(given))}"`;
  return new Response((await page.text()).replace(/ data-vers(?=[\s>])/, filled), { headers: page.headers });
}

// Neither sent nor kept: all that was filled in stands on this page, to be sent again.
async function notKept(address, given) {
  const fields = [...given].map(
    ([name, value]) => `<input type="hidden" name="${inHtml(name)}" value="${inHtml(value)}">`,
  );
  const page = await kept(pageBeside("niet-bewaard/", address, given));
  const text = page ? await page.text() : BARE_NOT_KEPT;
  const headers = page ? page.headers : HTML;
  return new Response(
    text.replace("<!--velden-->", () => fields.join("")),
    { status: 503, headers },
  );
}

// The order is another each time: one that cannot pass, or a few, hold up nobody for good.
const inAnyOrder = (items) =>
  items
    .map((item) => ({ item, lot: Math.random() }))
    .sort((one, other) => one.lot - other.lot)
    .map(({ item }) => item);

async function sendAll(again) {
  let unanswered = 0;
  for (const item of inAnyOrder(await all())) {
    if (item.state === REFUSED && !again) continue;
    const body = await bodyOf(item).catch(() => null);
    if (body === null) {
      await refuse(item, "onleesbaar");
      continue;
    }
    const response = await post(item.address, body, { "X-Bewaard": "1" });
    const { word, reason } = verdictOn(response, keyOf(body));
    if (word === RECEIVED) await remove(item);
    else if (word) await refuse(item, reason);
    // Too busy, or nobody there twice: that goes for what comes after it too, and asking costs as much.
    else if (!response) unanswered += 1;
    else if ([429, 503].includes(response.status)) break;
    if (unanswered === 2) break;
    await tell();
  }
}

let busy = Promise.resolve();
// One after the other: two that send the same queue would only do the work twice. Fails as long as something waits,
// so that the browser that woke us up does so again.
function flush(again = false) {
  busy = busy
    .catch(() => {})
    .then(() => sendAll(again))
    .then(numbers)
    .then(({ waiting }) => {
      if (waiting) throw new Error(`${waiting} still wait`);
    });
  return busy;
}

// Where the browser knows it, it wakes us up when the network is back, even with the page closed.
function wakeMeUp() {
  return Promise.resolve(self.registration.sync?.register(SYNC)).catch(() => {});
}

async function tell() {
  const found = await numbers();
  for (const client of await self.clients.matchAll()) client.postMessage(found);
}

// Whether all of it is kept now.
async function keepAll(addresses) {
  const cache = await caches.open(CACHE);
  async function one(address) {
    const url = new URL(address, self.location);
    if (url.pathname.startsWith("/enquete/")) {
      const response = await ask(url.href, { credentials: "omit", redirect: "manual" }, true);
      if (response) await keep(url, response);
      return cache.match(pageKey(url));
    }
    // The name of a static file changes with its content: what is there, is right.
    const found = await cache.match(url.href);
    if (!found) await cache.add(url.href);
    return true;
  }
  const found = await Promise.all(addresses.map((address) => one(address).catch(() => undefined)));
  return found.every(Boolean);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    // A preview stores nothing, so it does not wait either.
    if (!url.pathname.startsWith("/enquete/") || url.pathname.startsWith("/enquete/voorbeeld/")) return;
    event.respondWith(request.method === "POST" ? send(request) : read(request));
  } else if (request.method === "GET" && ["style", "script", "font", "image"].includes(request.destination)) {
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag !== SYNC) return;
  const sent = flush();
  event.waitUntil(event.lastChance ? sent.catch((fault) => wakeMeUp().then(() => Promise.reject(fault))) : sent);
});

self.addEventListener("message", (event) => {
  const { bewaar, verstuur, opnieuw } = event.data;
  if (bewaar) {
    event.waitUntil(keepAll(bewaar).then((isKept) => event.source?.postMessage({ kept: isKept })));
  }
  if (verstuur) event.waitUntil(flush(opnieuw).catch(wakeMeUp).then(tell));
});
