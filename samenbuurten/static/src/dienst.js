// The service worker of the survey: what was opened once opens without a network, and what is sent without one
// waits on the device until it can go. It sends each answer with the key in its body, so that sending again is
// harmless: the server stores a key once.

import { REFUSED, all, bodyOf, numbers, put, refuse, remove } from "./enquete/queue.js";

const CACHE = "enquete";
const PATIENCE = 5000;
const SYNC = "verstuur";

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

function patiently(address, options = {}) {
  return fetch(address, { ...options, credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
}

async function keep(address, response) {
  const cache = await caches.open(CACHE);
  if (response.ok && response.headers.has("X-Bewaren")) await cache.put(pageKey(address), response);
  else await cache.delete(pageKey(address));
}

async function kept(address) {
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
  try {
    // With the cookies of who works here: a page that only staff see is never marked to be kept.
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (response.status < 500) {
      await keep(request.url, response.clone());
      return response;
    }
    return (await kept(request.url)) ?? response;
  } catch {
    return (await kept(request.url)) ?? Response.error();
  }
}

function post(address, body) {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  return patiently(address, { method: "POST", headers, body });
}

const canWait = (status) => status === 429 || status >= 500;

async function send(request) {
  const body = await request.text();
  try {
    const response = await post(request.url, body);
    if (!canWait(response.status)) return response;
  } catch {
    // No network, or none that answers in time.
  }
  const given = new URLSearchParams(body);
  await put(request.url, body);
  // Where the browser knows it, it wakes us up when the network is back, even with the page closed.
  await self.registration.sync?.register(SYNC).catch(() => {});
  const asked = new URLSearchParams();
  for (const name of ["taal", "kiosk"]) if (given.get(name)) asked.set(name, given.get(name));
  const page = await kept(new URL(`bewaard/?${asked}`, request.url));
  await tell();
  return page ?? new Response("Bewaard op dit apparaat.", { headers: { "Content-Type": "text/plain; charset=utf-8" } });
}

async function sendAll(again) {
  for (const item of await all()) {
    if (item.state === REFUSED && !again) continue;
    let response;
    try {
      response = await post(item.address, await bodyOf(item));
    } catch {
      break;
    }
    // Too much from this place for now: what comes after it would be refused too, and asking costs as much.
    if (response.status === 429) break;
    if (response.ok) await remove(item);
    else if (!canWait(response.status)) await refuse(item);
    await tell();
  }
}

let busy = Promise.resolve();
// One after the other: two that send the same queue would only do the work twice.
function flush(again = false) {
  busy = busy.then(() => sendAll(again)).catch(() => {});
  return busy;
}

async function tell() {
  const found = await numbers();
  for (const client of await self.clients.matchAll()) client.postMessage(found);
}

async function keepAll(addresses) {
  const cache = await caches.open(CACHE);
  await Promise.allSettled(
    addresses.map(async (address) => {
      const url = new URL(address, self.location);
      if (url.pathname.startsWith("/enquete/")) return keep(url, await patiently(url));
      // The name of a static file changes with its content: what is there, is right.
      return (await cache.match(url)) ? undefined : cache.add(url);
    }),
  );
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
  if (event.tag === SYNC) event.waitUntil(flush());
});

self.addEventListener("message", (event) => {
  const { bewaar, verstuur, opnieuw } = event.data;
  if (bewaar) {
    event.waitUntil(keepAll(bewaar).then(() => event.source?.postMessage({ kept: true })));
  }
  if (verstuur) event.waitUntil(flush(opnieuw).then(tell));
});
