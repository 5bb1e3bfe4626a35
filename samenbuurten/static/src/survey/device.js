// What lies on this device, of one round: to open, correct, export and delete, with or without a network.

import { chosen, fill } from "./answers.js";
import { fits } from "./kiosk.js";
import { all, bodyOf, REFUSED, remove } from "./queue.js";

const LAST_SCREEN = "#stap-controle";

export function startDevice(body, form, onOpen) {
  const list = document.querySelector("[data-lijst-apparaat]");
  const words = list.dataset;
  const status = document.querySelector("[data-stand-van-zaken]");
  let isStaff = false;
  let shown = null;

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "nl-button nl-button--secondary";
    made.textContent = text;
    made.addEventListener("click", () => act(made));
    return made;
  }

  function open(given) {
    fill(form, given);
    form.hidden = false;
    if (location.hash === LAST_SCREEN) onOpen();
    else location.hash = LAST_SCREEN;
  }

  function download(given, name) {
    const copy = form.cloneNode(true);
    fill(copy, given);
    const lines = [name, given.get("sleutel"), ""];
    for (const part of chosen(copy)) {
      lines.push(part.name.trim(), ...part.lines.map(({ code, text }) => `- ${code}: ${text.trim()}`), "");
    }
    const file = URL.createObjectURL(new Blob([lines.join("\r\n")], { type: "text/plain;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = file;
    link.download = `${name.toLowerCase().replace(/\s+/g, "-")}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(file), 60000);
  }

  // Deleting asks once more, on the same place.
  function wipe(item) {
    return (asked) => {
      if (asked.textContent === words.wisEcht) remove(item).then(refresh);
      else asked.textContent = words.wisEcht;
    };
  }

  function row(item, given, number) {
    const line = document.createElement("li");
    line.className = "apparaat__inzending";
    const name = words.naam.replace("{n}", number);
    const head = document.createElement("h2");
    head.className = "nl-heading nl-heading--level-3";
    head.textContent = name;
    const told = document.createElement("p");
    told.className = "nl-paragraph";
    const isRefused = item.state === REFUSED;
    told.textContent = isRefused ? words[item.reason] || words.geweigerd : words.wacht;
    line.append(head, told);
    const ways = document.createElement("div");
    ways.className = "knoppen";
    if (!given) {
      told.textContent = words.onleesbaar;
      ways.append(button(words.wis, wipe(item)));
    } else if (given.get("kiosk") && !isStaff) {
      told.textContent += ` ${words.kiosk}`;
    } else {
      ways.append(
        button(words.open, () => open(given)),
        button(words.bestand, () => download(given, name)),
        button(words.wis, wipe(item)),
      );
    }
    head.id = `inzending-${number}`;
    for (const way of ways.children) way.setAttribute("aria-describedby", head.id);
    line.append(ways);
    return line;
  }

  async function draw() {
    const items = await all();
    const own = items.filter(({ address }) => new URL(address).pathname === body.dataset.adres);
    const read = await Promise.all(
      own.map((item) =>
        bodyOf(item).then(
          (text) => new URLSearchParams(text),
          () => null,
        ),
      ),
    );
    const signature = JSON.stringify([isStaff, own.map(({ id, state, reason }) => [id, state, reason])]);
    // A list that did not change stays, with the button that somebody is about to press.
    if (signature === shown) return;
    shown = signature;
    list.textContent = "";
    list.append(...own.map((item, index) => row(item, read[index], index + 1)));
    status.textContent = own.length ? "" : status.dataset.niets;
    const lock = document.querySelector("[data-slot]");
    if (lock) lock.hidden = isStaff || !read.some((given) => given?.get("kiosk"));
    tellOfOthers(items);
  }

  function tellOfOthers(items) {
    const addresses = new Set(items.map(({ address }) => new URL(address).pathname));
    addresses.delete(body.dataset.adres);
    const box = document.querySelector("[data-andere]");
    box.hidden = !addresses.size;
    box.textContent = box.dataset.andere;
    for (const address of addresses) {
      const link = document.createElement("a");
      link.className = "nl-link";
      link.href = `${address}apparaat/`;
      link.textContent = address;
      box.append(" ", link);
    }
  }

  function refresh() {
    return draw().catch(() => {
      status.textContent = status.dataset.stuk;
    });
  }

  document.querySelector("[data-slot]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = event.target.querySelector("input");
    const fault = event.target.querySelector("[role=alert]");
    isStaff = await fits(field.value, body.dataset.pincode);
    fault.textContent = isStaff ? "" : fault.dataset.tekst;
    field.value = "";
    refresh();
  });
  refresh();
  return refresh;
}
