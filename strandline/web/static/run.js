// A run that is under way is followed as it goes. Without this the page is read again by its link.
const live = document.querySelector(".live[data-events]");
const put = (id, number) => {
  const place = document.getElementById(id);
  if (place && number !== null && number !== undefined) place.textContent = number.toLocaleString("en-US");
};

const source = new EventSource(live.dataset.events);
source.addEventListener("message", (event) => {
  const told = JSON.parse(event.data);
  if (!told.running) {
    source.close();
    location.reload();
    return;
  }
  put("done", told.pages_done);
  put("known", told.pages_known);
  put("requests", told.requests);
  for (const word of ["new", "edited", "failed"]) put(word, told.run[word]);
  const bar = document.getElementById("bar");
  bar.max = told.pages_known || 1;
  bar.value = told.pages_done || 0;
});
