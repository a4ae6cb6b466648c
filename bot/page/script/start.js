/* What is listened to, and what happens when Gradio has put a part on the page. */
const SCROLLING = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button) { does[button.dataset.do]?.(button); return; }
  const link = event.target.closest("a[data-t]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (!link.closest("#transcript")) {
    wayBack?.classList.remove("chosen");
    wayBack = link;
    link.classList.add("chosen");
  }
  const number = (text) => (text === undefined ? undefined : Number(text));
  show({ start: Number(link.dataset.t), end: number(link.dataset.end), episode: link.dataset.episode }, event.detail === 0);
});

document.addEventListener("keydown", (event) => {
  if (event.target.id === "search" && event.key === "Enter") { event.preventDefault(); step(event.shiftKey ? -1 : 1); }
  if (event.key !== "Escape") return;
  if (event.target.id === "search") { event.target.value = ""; search(""); }
  else if (editing) { setEditing(false); setBox(""); }
  else if (event.target.closest("#transcript")) back();
});

document.addEventListener("input", (event) => { if (event.target.id === "search") search(event.target.value); });
document.addEventListener("timeupdate", (event) => { if (event.target.id === "player") follow(); }, true);

function mountConversation(element, trigger, props) {
  fire = trigger;
  live = props;
  whenThere(() => box() && panel() && one("#conversation"), () => {
    const talk = one("#conversation");
    talk.setAttribute("role", "region");
    talk.setAttribute("aria-label", "Conversation");
    talk.tabIndex = 0;
    talk.addEventListener("scroll", () => { scrolledAway = talk.scrollTop < talk.scrollHeight - talk.clientHeight - 240; });
    box().id = "question";
    const theme = remembered("earmark-theme");
    if (theme) setTheme(theme === "dark");
    if (!narrow()) box().focus(); // on a phone the keyboard would hide the examples
    openLink();
    lookForOthers();
  });
}

/* The page was built when the server started; the store may hold other episodes since. */
async function lookForOthers() {
  try {
    const answer = await fetch("edition");
    const built = one("#earlier .welcome")?.dataset.edition;
    if (answer.ok && built && await answer.text() !== built) fire("arrive", {});
  } catch { /* the reader has left already */ }
}

function whenThere(there, then) {
  if (there()) then(); else setTimeout(() => whenThere(there, then), 50);
}

function mountTranscript(element, trigger, watch) {
  fireTranscript = trigger;
  watch("value", arrived);
  arrived();
}

function arrived() {
  const moved = () => setFollowing(false);
  for (const kind of ["wheel", "touchmove"]) panel()?.addEventListener(kind, moved, { passive: true });
  panel()?.addEventListener("keydown", (event) => { if (SCROLLING.has(event.key)) moved(); });
  panel()?.addEventListener("pointerdown", (event) => { if (event.target === panel()) moved(); }); // the scroll bar
  showNudge();
  if (awaited && awaited.episode === shownEpisode()) {
    const moment = awaited;
    awaited = null;
    requestAnimationFrame(() => show(moment, moment.byKeyboard));
  }
}

function openLink() {
  const asked = new URLSearchParams(location.search);
  const start = parseFloat(asked.get("t"));
  if (start >= 0) show({ start, episode: asked.get("episode") ?? undefined });
  if (asked.get("q")) ask(asked.get("q"));
}

window.earmark = { ask, stop: () => running?.abort(), mountConversation, mountTranscript };
