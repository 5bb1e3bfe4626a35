// A few words that last as long as this tab. A browser may refuse to keep them; then nothing is remembered.

export function remember(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // Refused.
  }
}

export function recall(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

export function forget(name) {
  try {
    sessionStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}
