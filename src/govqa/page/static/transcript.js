// The conversation. Turns come from the server as escaped HTML, one string a turn; only those that changed are redrawn,
// so what a reader has opened or begun to write elsewhere stays as it is.
const log = element.querySelector(".turns");
let scrolledTo = null;

function render() {
  const value = props.value || {};
  const turns = value.turns || [];
  const old = new Map([...log.children].map((slot) => [slot.dataset.key, slot]));
  turns.forEach((turn, at) => {
    let slot = old.get(turn.id);
    if (!slot) {
      slot = document.createElement("div");
      slot.className = "slot";
      slot.dataset.key = turn.id;
    }
    old.delete(turn.id);
    if (slot.shown !== turn.html) {
      slot.innerHTML = turn.html;
      slot.shown = turn.html;
    }
    if (log.children[at] !== slot) log.insertBefore(slot, log.children[at] || null);
  });
  old.forEach((slot) => slot.remove());
  window.dispatchEvent(new Event("govqa:turns"));
  markActive();
  const scroller = document.getElementById("transcript");
  log.style.setProperty("--room", `${scroller.clientHeight - 2}px`);
  if (value.scroll && value.scroll !== scrolledTo) {
    scrolledTo = value.scroll;
    const slot = [...log.children].find((node) => node.dataset.key === value.scroll);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches || value.restored;
    if (slot) requestAnimationFrame(() => slot.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" }));
  }
}

// The marker of the citation that the viewer shows is lit as well.
function markActive() {
  const shown = (window.govqa && window.govqa.shown) || {};
  log.querySelectorAll("[data-do=open]").forEach((button) => {
    const active = button.dataset.turn === shown.turn && button.dataset.ref === shown.ref;
    button.classList.toggle("active", active && button.classList.contains("marker"));
    if (active) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
}

// Asking an earlier question again drops what came after it: say so once before doing it.
function sure(button) {
  let later = 0;
  for (let slot = button.closest(".slot").nextElementSibling; slot; slot = slot.nextElementSibling) later += 1;
  if (!later || button.dataset.sure) return true;
  const words = button.textContent;
  button.dataset.sure = "yes";
  button.textContent = `Drops ${later} later ${later === 1 ? "question" : "questions"}: go on?`;
  const calmDown = () => {
    delete button.dataset.sure;
    button.textContent = words;
  };
  button.addEventListener("blur", calmDown, { once: true });
  return false;
}

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard without https on another host: the old way.
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const words = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = words), 1600);
}

function editing(turn, on) {
  const slot = turn.closest(".slot");
  const form = slot.querySelector("form.editor");
  form.hidden = !on;
  slot.querySelector(".question h2").hidden = on;
  slot.querySelector(".tools").hidden = on;
  if (on) {
    const area = form.querySelector("textarea");
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  } else {
    form.reset();
    slot.querySelector("[data-do=edit]").focus();
  }
}

const actions = {
  open(b) {
    if (!(window.govqa && window.govqa.show && window.govqa.show(b.dataset.turn, b.dataset.ref))) {
      trigger("open", { turn: b.dataset.turn, ref: b.dataset.ref });
    }
  },
  example: (b) => trigger("example", { question: b.dataset.question }),
  edit: (b) => editing(b, true),
  cancel: (b) => editing(b, false),
  retry: (b) => sure(b) && trigger("retry", { turn: b.dataset.turn }),
  typed: (b) => sure(b) && trigger("typed", { turn: b.dataset.turn }),
  undo: (b) => trigger("undo", { turn: b.dataset.turn }),
  copy,
  up: (b) => trigger("feedback", { turn: b.dataset.turn, verdict: "up", reason: "", comment: "" }),
  down(b) {
    const form = b.closest(".slot").querySelector("form.feedback");
    form.hidden = !form.hidden;
    if (form.hidden) return;
    form.querySelector("input").focus({ preventScroll: true });
    form.scrollIntoView({ block: "nearest" });
  },
  "cancel-feedback"(b) {
    b.closest("form").hidden = true;
    b.closest(".slot").querySelector("[data-do=down]").focus();
  },
};

log.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button && actions[button.dataset.do]) actions[button.dataset.do](button);
});

log.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const area = form.querySelector("textarea");
  if (form.classList.contains("editor")) {
    if (sure(form.querySelector("[type=submit]"))) trigger("edit", { turn: form.dataset.turn, question: area.value });
  } else {
    const reason = form.querySelector("input:checked");
    trigger("feedback", {
      turn: form.dataset.turn, verdict: "down", reason: reason ? reason.value : "", comment: area.value,
    });
  }
});

log.addEventListener("keydown", (event) => {
  const form = event.target.closest("form.editor");
  if (!form) return;
  if (event.key === "Enter" && !event.shiftKey && event.target.tagName === "TEXTAREA") {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape") {
    editing(form, false);
  }
});

window.addEventListener("govqa:shown", markActive);
watch("value", render);
render();
