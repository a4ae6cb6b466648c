/* A moment of the episode: its sentences are lit, in view, and sought in the sound. */
let awaited = null; // a moment of an episode whose transcript is on its way
let wayBack = null; // the time that was clicked last

const panel = () => one("#transcript .rows");
const rows = () => all("#transcript .row");
const shownEpisode = () => one("#transcript .episode")?.dataset.episode;
const EDGE = 0.05; // s; neighbouring sentences share their border

function rowsOf(start, end) {
  const found = rows().filter((row) => row.dataset.start < end - EDGE && row.dataset.end > start + EDGE);
  if (found.length) return found;
  const before = rows().filter((row) => row.dataset.start <= start + EDGE).at(-1);
  return before ? [before] : rows().slice(0, 1);
}

function scrollTo(row, smooth = true) {
  const box = panel();
  for (let fold = row.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const top = row.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - box.clientHeight / 3;
  const way = top - box.scrollTop;
  if (Math.abs(way) > 2 * box.clientHeight) box.scrollTop = top - Math.sign(way) * box.clientHeight; // the rest glides
  box.scrollTo({ top, behavior: smooth && !calm() ? "smooth" : "auto" });
}

function show(moment, byKeyboard = false) {
  if (moment.episode && moment.episode !== shownEpisode()) {
    awaited = { ...moment, byKeyboard };
    fireTranscript("open", { episode: moment.episode });
    return;
  }
  const cited = rowsOf(moment.start, moment.end ?? moment.start + 2 * EDGE);
  all("#transcript .lit").forEach((row) => { row.classList.remove("lit"); row.removeAttribute("aria-current"); });
  all("#transcript .cited").forEach((part) => part.classList.remove("cited"));
  if (!cited.length) return;
  const parts = all("[data-t]", one(".words", cited[0]));
  if (parts[0]?.dataset.t < moment.start - EDGE) { // the citation begins inside its sentence
    parts.filter((part, place) => (parts[place + 1]?.dataset.t ?? Infinity) > moment.start + EDGE)
      .forEach((part) => part.classList.add("cited"));
  }
  cited.forEach((row) => { row.classList.add("lit"); row.setAttribute("aria-current", "true"); });
  if (narrow()) setView("episode");
  scrollTo(cited[0]);
  seek(moment.start);
  if (byKeyboard) {
    cited[0].tabIndex = -1;
    cited[0].focus({ preventScroll: true });
    announce("Escape leads back to the answer");
  } else {
    announce(`Transcript at ${one(".at", cited[0]).textContent}`);
  }
}

const setView = (view) => { one("#sides").dataset.view = view; };

function back() {
  setView("talk");
  if (wayBack?.isConnected) { wayBack.focus(); wayBack.scrollIntoView({ block: "center" }); }
}
