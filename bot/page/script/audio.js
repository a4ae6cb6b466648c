/* The sound: seeking with the nudge that ads make necessary, and following what is spoken. */
let following = true;
const player = () => one("#player");
const nudgeKey = () => `earmark-nudge-${shownEpisode()}`;
const nudge = () => Number(remembered(nudgeKey()) ?? 0);

function seek(seconds) {
  if (!player()) return;
  player().currentTime = Math.max(0, seconds + nudge());
  setFollowing(true);
}

function setNudge(by) {
  remember(nudgeKey(), (nudge() + by).toFixed(1));
  showNudge();
  if (player()) player().currentTime = Math.max(0, player().currentTime + by);
}

function showNudge() {
  const shown = one("#nudge");
  if (shown) shown.textContent = `${nudge() > 0 ? "+" : ""}${nudge().toFixed(1)} s`;
}

function setFollowing(now) {
  following = now;
  one('[data-do="follow"]')?.setAttribute("aria-pressed", String(now));
}

function follow() {
  const now = player().currentTime - nudge();
  const spoken = rows().filter((row) => row.dataset.start <= now).at(-1);
  const was = one("#transcript .spoken");
  if (was === spoken) return;
  was?.classList.remove("spoken");
  spoken?.classList.add("spoken");
  if (spoken && following && !player().paused) scrollTo(spoken);
}
