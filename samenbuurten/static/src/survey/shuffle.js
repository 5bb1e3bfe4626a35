// The order of statements: the same few lines as survey/fieldwork/shuffle.py, which says why. A test holds them equal.

export function newSeed() {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
  return seed || 1;
}

export function order(items, seed, position) {
  const shuffled = [...items];
  let state = (seed + Math.imul(position, 0x9e3779b9)) | 0;
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    state = (state + 0x6d2b79f5) | 0;
    let drawn = Math.imul(state ^ (state >>> 15), 1 | state);
    drawn ^= drawn + Math.imul(drawn ^ (drawn >>> 7), 61 | drawn);
    drawn = (drawn ^ (drawn >>> 14)) >>> 0;
    const other = Math.floor((drawn * (last + 1)) / 4294967296);
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
  }
  return shuffled;
}
