// Keys that lead from mark to mark and from change to change, and a button that copies the citation.
// All of it can be read without them.
const marks = [...document.querySelectorAll("#differs ins, #differs del, #differs .moved")];
let at = -1;

function go(step) {
  if (!marks.length) return;
  marks[at]?.classList.remove("current-mark");
  at = at < 0 && step < 0 ? marks.length - 1 : (at + step + marks.length) % marks.length;
  const mark = marks[at];
  mark.closest("details")?.setAttribute("open", "");
  mark.classList.add("current-mark");
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "center" });
}

function follow(selector) {
  document.querySelector(selector)?.click();
}

function explain() {
  const keys = document.querySelector(".keys");
  keys.scrollIntoView({ block: "center" });
  keys.focus({ preventScroll: true });
}

const keys = {
  j: () => go(1),
  n: () => go(1),
  k: () => go(-1),
  p: () => go(-1),
  "[": () => follow("[data-key=previous]"),
  "]": () => follow("[data-key=next]"),
  i: () => follow("[data-look=inline]"),
  s: () => follow("[data-look=side]"),
  a: () => follow("[data-look=archived]"),
  w: () => follow("[data-key=whole]"),
  "?": explain,
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

const copy = document.querySelector(".copy");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector("#citation").textContent);
    copy.textContent = "Copied";
  });
}
