// Answers that wait on this device for a network. They lie encrypted in IndexedDB, under a key that the browser
// keeps and no script can read out: who copies the disk reads nothing.

const STORES = { sleutel: {}, wachtrij: { keyPath: "id" } };
export const WAITS = "wacht";
export const REFUSED = "geweigerd";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("enquete", 1);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) request.result.createObjectStore(name, options);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(store, mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

async function secret() {
  const kept = await within("sleutel", "readonly", (store) => store.get(1));
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // Two at once: the first that was put down counts.
  await within("sleutel", "readwrite", (store) => store.add(made, 1)).catch(() => {});
  return within("sleutel", "readonly", (store) => store.get(1));
}

// The same body twice (a double tap) is one item; another body is another item, whatever key it holds.
async function nameOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Done when it lies there and can be read back: until then nobody may be told that it is kept. It takes the place of
// what waited or was refused under the same key, which is what the same person sent before.
export async function put(address, body) {
  const bytes = new TextEncoder().encode(body);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await secret(), bytes);
  const id = await nameOf(bytes);
  await within("wachtrij", "readwrite", (store) => store.put({ id, address, iv, data, state: WAITS }));
  if ((await bodyOf(await within("wachtrij", "readonly", (store) => store.get(id)))) !== body)
    throw new Error("unread");
  await forget(keyOf(body), id);
}

export function all() {
  return within("wachtrij", "readonly", (store) => store.getAll());
}

export async function bodyOf(item) {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: item.iv }, await secret(), item.data);
  return new TextDecoder().decode(plain);
}

export const keyOf = (body) => new URLSearchParams(body).get("sleutel");

// `reason`: the word with which it was refused. What was let go of meanwhile does not come back.
export function refuse(item, reason) {
  return within("wachtrij", "readwrite", (store) => {
    const request = store.get(item.id);
    request.addEventListener("success", () => {
      if (request.result) store.put({ ...item, state: REFUSED, reason });
    });
    return request;
  });
}

export function remove(item) {
  return within("wachtrij", "readwrite", (store) => store.delete(item.id));
}

// Let go of all that lies here under this key, but for the item `kept`.
export async function forget(key, kept) {
  for (const item of await all()) {
    if (item.id === kept) continue;
    const body = await bodyOf(item).catch(() => "");
    if (body && keyOf(body) === key) await remove(item);
  }
}

export async function numbers() {
  const items = await all();
  const refused = items.filter((item) => item.state === REFUSED).length;
  return { waiting: items.length - refused, refused };
}
