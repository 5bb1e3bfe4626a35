// Whether an access code can be right: the same few lines as survey/fieldwork/stands.py, which says why. A test holds them equal.

const READABLE = "3467ACDEFGHJKMNPQRTWXY";
const LENGTH = 9;
const MODULUS = 23;

const plain = (typed) => typed.toUpperCase().replace(/[^A-Z0-9]/g, "");

function hasRightCheck(code) {
  const places = [...code].map((sign) => READABLE.indexOf(sign));
  if (code.length !== LENGTH || places.includes(-1)) return false;
  return places.reduce((sum, place, index) => sum + place * (index + 1), 0) % MODULUS === 0;
}

// Told on the spot, also without a network: a slip of the finger must not come out after the thanks.
export function watchCode(form) {
  const field = form.elements.code;
  const told = document.querySelector("[data-code-fout]");
  if (!field || !told) return;
  const isRight = () => {
    const code = plain(field.value);
    // Where codes of before are about, what is not as long as a new one may be one of those.
    const isOld = told.hasAttribute("data-oude-codes") && code.length > 0 && code.length !== LENGTH;
    return isOld || hasRightCheck(code);
  };
  const tell = () => {
    const fault = isRight() ? "" : told.dataset.codeFout;
    told.textContent = fault;
    field.setAttribute("aria-invalid", Boolean(fault));
    return !fault;
  };
  field.addEventListener("change", tell);
  // Only what is sent off has to be right; older browsers do not say which button was pressed.
  let pressed = "";
  document.addEventListener("click", ({ target }) => (pressed = target.closest("button")?.name ?? ""), true);
  form.addEventListener("submit", (event) => {
    if (["controle", "taalkeuze"].includes(pressed) || tell()) return;
    event.preventDefault();
    location.hash = `#${field.id}`;
    field.focus();
  });
}
