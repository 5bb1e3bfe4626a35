// The kiosk: nobody sees what the one before filled in, and only who knows the PIN gets out.

import { forget, recall, remember } from "./memory.js";

const WARN_SECONDS = 10;

// `onNext`: the one who filled in is gone.
export function startKiosk(body, form, onNext) {
  const begin = beginning(body, form);
  const start = () => {
    onNext();
    location.replace(begin);
  };
  document.querySelector("[data-opnieuw]")?.setAttribute("href", begin);
  wipeWhenLeft(form);
  // Back to a page that the browser kept as it was.
  addEventListener("pageshow", (event) => event.persisted && start());
  watch(Number(body.dataset.wisNa), start, () => !form || hasBegun(form));
  lock(body.dataset.pincode, body.dataset.adres);
}

// Where this kiosk began, its stand included; the language of the one before does not stay.
function beginning(body, form) {
  if (form && location.search.includes("kiosk=1")) {
    const asked = new URLSearchParams(location.search);
    asked.delete("taal");
    remember("kiosk", `?${asked}`);
  }
  return body.dataset.adres + (recall("kiosk") ?? "?kiosk=1");
}

function hasBegun(form) {
  return location.hash.length > 1 || isTouched(form);
}

function isTouched(form) {
  return [...form.elements].some((one) =>
    ["checkbox", "radio"].includes(one.type) ? one.checked : one.type !== "hidden" && Boolean(one.value?.trim()),
  );
}

function wipeWhenLeft(form) {
  addEventListener("pagehide", () => {
    for (const one of form?.elements ?? []) {
      if (["checkbox", "radio"].includes(one.type)) one.checked = false;
      else if (one.type !== "hidden" && one.type !== "submit") one.value = "";
    }
    document.querySelector("main").hidden = true;
  });
}

// An older browser has no dialogs, and shows what they say on the page.
const isShown = (dialog) => dialog.hasAttribute("open");

function show(dialog) {
  if (dialog.showModal) dialog.showModal();
  else dialog.setAttribute("open", "");
}

function hide(dialog) {
  if (dialog.close) dialog.close();
  else dialog.removeAttribute("open");
}

function watch(seconds, start, isInUse) {
  const dialog = document.querySelector("[data-kiosk-waarschuwing]");
  const counter = dialog.querySelector("[data-tel]");
  // Not the clock on the wall, which a device may set right meanwhile.
  let last = performance.now();
  const alive = () => {
    if (!isShown(dialog)) last = performance.now();
  };
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(kind, alive, { passive: true });
  const stay = () => {
    last = performance.now();
    hide(dialog);
  };
  dialog.querySelector("[data-blijf]").addEventListener("click", stay);
  dialog.addEventListener("close", () => (last = performance.now()));
  // That clock may stand still while a device sleeps: who wakes it up is somebody else.
  let asleep = Infinity;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) asleep = Date.now();
    else if (Date.now() - asleep >= seconds * 1000 && isInUse()) start();
  });
  setInterval(() => {
    if (!isInUse()) last = performance.now();
    const left = Math.ceil(seconds - (performance.now() - last) / 1000);
    if (left > WARN_SECONDS) return;
    if (left <= 0) {
      start();
      return;
    }
    counter.textContent = left;
    if (!isShown(dialog)) {
      document.querySelectorAll("dialog[open]").forEach(hide);
      show(dialog);
    }
  }, 250);
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

// As Django hashes a password: pbkdf2_sha256$iterations$salt$hash.
export async function fits(pin, kept) {
  const [, iterations, salt, hash] = kept.split("$");
  const plain = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", plain.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: plain.encode(salt), iterations: Number(iterations) };
  const found = new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
  return bytes(hash).every((byte, place) => byte === found[place]);
}

function lock(kept, address) {
  const button = document.querySelector("[data-kiosk-uit]");
  const dialog = document.querySelector("[data-kiosk-slot]");
  const field = dialog.querySelector("input");
  const fault = dialog.querySelector("[role=alert]");
  const leave = () => {
    forget("kiosk");
    location.replace(address);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (!kept) {
      leave();
      return;
    }
    field.value = fault.textContent = "";
    show(dialog);
  });
  dialog.querySelector("[data-terug]").addEventListener("click", () => hide(dialog));
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await fits(field.value, kept)) {
      leave();
      return;
    }
    fault.textContent = fault.dataset.tekst;
    field.value = "";
    field.focus();
  });
}
