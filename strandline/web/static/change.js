// Keys that lead from mark to mark, and from change to change. All of it can be read without them.
const marks = [...document.querySelectorAll("#differs ins, #differs del, #differs .moved")];
let at = -1;

function go(step) {
  if (!marks.length) return;
  marks[at]?.classList.remove("current-mark");
  at = (at + step + marks.length) % marks.length;
  const mark = marks[at];
  mark.closest("details")?.setAttribute("open", "");
  mark.classList.add("current-mark");
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "center" });
}

function look(name) {
  const address = new URL(location.href);
  address.searchParams.set("look", name);
  location.assign(address);
}

const keys = {
  j: () => go(1),
  n: () => go(1),
  k: () => go(at < 0 ? 0 : -1),
  p: () => go(at < 0 ? 0 : -1),
  "[": () => document.querySelector("[data-key=previous]")?.click(),
  "]": () => document.querySelector("[data-key=next]")?.click(),
  s: () => look("side"),
  i: () => look("inline"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});
document.querySelector(".keys").hidden = false;
