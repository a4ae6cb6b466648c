/* The search field over the transcript: hits are painted, not marked up. */
let hits = [];
let hit = 0;
const paint = (name, ranges) => { if (window.CSS?.highlights) CSS.highlights.set(name, new Highlight(...ranges)); };

function search(words) {
  const sought = words.trim().toLocaleLowerCase();
  hits = [];
  if (sought.length > 1) {
    for (const part of all("#transcript .words [data-t]")) {
      const text = part.firstChild?.data?.toLocaleLowerCase() ?? "";
      for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length)) {
        const range = new Range();
        range.setStart(part.firstChild, at);
        range.setEnd(part.firstChild, at + sought.length);
        hits.push(range);
      }
    }
  }
  paint("hit", hits);
  step(0, sought.length > 1);
}

function step(by, active = true) {
  hit = by === 0 ? 0 : (hit + by + hits.length) % (hits.length || 1);
  one("#found").textContent = !active ? "" : hits.length ? `${hit + 1} of ${hits.length}` : "none";
  paint("hit-now", hits.length ? [hits[hit]] : []);
  if (hits.length) scrollTo(hits[hit].startContainer.parentElement.closest(".row"), by !== 0);
}
