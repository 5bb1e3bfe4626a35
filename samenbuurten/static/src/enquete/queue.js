// Answers that wait on this device for a network. They lie encrypted in IndexedDB, under a key that the browser
// keeps and no script can read out: who copies the disk reads nothing.

const STORES = { sleutel: {}, wachtrij: { keyPath: "id" } };
export const WAITS = "wacht";
export const REFUSED = "geweigerd";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("enquete", 1);
    request.onupgradeneeded = () =>
      Object.entries(STORES).forEach(([name, options]) => request.result.createObjectStore(name, options));
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

export async function put(address, body) {
  const bytes = new TextEncoder().encode(body);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await secret(), bytes);
  const item = { id: await nameOf(bytes), address, iv, data, state: WAITS };
  await within("wachtrij", "readwrite", (store) => store.put(item));
}

export function all() {
  return within("wachtrij", "readonly", (store) => store.getAll());
}

export async function bodyOf(item) {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: item.iv }, await secret(), item.data);
  return new TextDecoder().decode(plain);
}

export function refuse(item) {
  return within("wachtrij", "readwrite", (store) => store.put({ ...item, state: REFUSED }));
}

export function remove(item) {
  return within("wachtrij", "readwrite", (store) => store.delete(item.id));
}

export async function numbers() {
  const items = await all();
  const refused = items.filter((item) => item.state === REFUSED).length;
  return { waiting: items.length - refused, refused };
}
