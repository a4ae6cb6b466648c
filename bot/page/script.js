/* What the browser adds to the page: asking, a click on a time that shows its proof, search, audio, light and dark, copy
   and export. The server renders all words as HTML; what is added here is set as text. */
window.earmark = window.earmark || (() => {
  "use strict";
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const narrow = () => matchMedia("(max-width: 860px)").matches;
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } };
  const remembered = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const HISTORY_TURNS = 12;

  let fire = () => {};         // triggers an event of the component in which turns grow
  let fireTranscript = () => {};
  let live = {};               // the properties of the first: its `value` is the HTML of the turn that grows
  let running = null;          // the request of the turn that grows
  let choice = {};             // episode and model as last chosen
  let editing = false;
  let awaited = null;          // a moment of an episode whose transcript is on its way
  let wayBack = null;          // the time that was clicked last

  const announce = (words) => { const status = one("#status"); if (status) status.textContent = words; };

  /* ---- the conversation ------------------------------------------------------------------------------------- */
  const box = () => one("#box textarea");
  const turns = () => all("#earlier .turn, #live .turn");
  const lastTurn = () => turns().at(-1);

  function setBox(text) {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* Asks, and shows the turn as it grows. `replaced` is a turn that the new one takes the place of. */
  async function ask(question, episode = choice.episode, model = choice.model, replaced = editing ? lastTurn() : null) {
    choice = { episode, model };
    question = question?.trim();
    if (!question) return;
    if (running) { announce("Wait for the answer, or stop it."); return; }
    running = new AbortController();
    begin(question, replaced);
    const earlier = turns();
    const history = earlier.slice(-HISTORY_TURNS).flatMap((turn) => turn.dataset.answer
      ? [{ role: "user", content: turn.dataset.question }, { role: "assistant", content: turn.dataset.answer }] : []);
    const number = Number(earlier.at(-1)?.dataset.number ?? 0) + 1;
    try {
      await read(await fetch("answer", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ question, number, history, episode, model }),
        signal: running.signal,
      }));
    } catch (error) {
      const why = error instanceof TypeError ? "The connection was lost" : `No answer came (${error.message})`;
      cutShort(question, number, running.signal.aborted ? "Stopped." : `${why}. Ask again.`);
    }
    running = null;
    end();
  }

  function begin(question, replaced) {
    one("#earlier .welcome")?.remove();
    replaced?.remove();
    setEditing(false);
    for (const turn of all("#live .turn")) one("#earlier .html-container > div").append(turn);
    live.value = "";
    if (box().value.trim() === question) setBox("");
    all("#top [hidden]").forEach((button) => { button.hidden = false; });
    setBusy(true);
    scrolledAway = false;
    announce("Looking through the transcript");
  }

  /* Each line is a JSON string: the whole turn as HTML. */
  async function read(response) {
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const lines = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let state = "";
    for (let { done, value } = await lines.read(); !done; { done, value } = await lines.read()) {
      const parts = (rest + value).split("\n");
      rest = parts.pop();
      if (!parts.length) continue;
      live.value = JSON.parse(parts.at(-1));
      await new Promise((rendered) => { setTimeout(rendered); });
      state = one("#live .turn")?.dataset.state;
      keepInView();
    }
    if (state === "working" || state === "waiting") throw new Error("the answer broke off");
  }

  function add(parent, tag, className, words = "") {
    return parent.appendChild(Object.assign(document.createElement(tag), { className, textContent: words }));
  }

  /* Keeps what there is of the answer and says why there is no more. */
  function cutShort(question, number, words) {
    let turn = one("#live .turn");
    if (!turn) {
      turn = add(one("#live .html-container > div"), "article", "turn");
      add(turn, "h2", "question", question);
    }
    const answer = one(".prose", turn)?.textContent ?? "";
    Object.assign(turn.dataset, { state: "stopped", question, number, answer, markdown: "" });
    add(turn, "p", "note", words);
    const actions = add(turn, "div", "actions");
    for (const [name, label] of [["retry", "Ask again"], ["edit", "Edit question"]]) {
      const button = add(actions, "button", "action", label);
      button.type = "button";
      button.dataset.do = name;
    }
  }

  function end() {
    setBusy(false);
    const turn = lastTurn();
    const words = one(turn?.dataset.state === "answered" ? ".prose" : ".note", turn)?.textContent ?? "";
    announce(turn?.dataset.state === "answered" ? `Answer: ${words}` : words);
    keepInView();
  }

  function setBusy(now) {
    document.body.dataset.busy = now ? "yes" : "no";
    one("#live").setAttribute("aria-busy", String(now));
  }

  let scrolledAway = false;
  function keepInView() {
    const talk = one("#conversation");
    const turn = lastTurn();
    if (scrolledAway || !turn) return;
    const top = turn.getBoundingClientRect().top - talk.getBoundingClientRect().top + talk.scrollTop;
    const low = talk.scrollHeight - talk.clientHeight;
    talk.scrollTop = Math.min(low, Math.max(top - 12, 0));
  }

  function setEditing(now) {
    editing = now;
    const hint = one("#small-print .edit-hint");
    if (hint) hint.hidden = !now;
    lastTurn()?.classList.toggle("editing", now);
  }

  /* ---- moments ---------------------------------------------------------------------------------------------- */
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
    ownScroll = performance.now();
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

  /* ---- search ----------------------------------------------------------------------------------------------- */
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

  /* ---- audio ------------------------------------------------------------------------------------------------ */
  let ownScroll = 0;           // when the page itself scrolled the transcript
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

  /* ---- buttons ---------------------------------------------------------------------------------------------- */
  const address = () => location.origin + location.pathname;
  const markdown = (turn) => turn.dataset.markdown.replaceAll("](?t=", `](${address()}?t=`);

  async function copy(button) {
    const text = markdown(button.closest(".turn"));
    try {
      await navigator.clipboard.writeText(text);
    } catch { // not allowed without https away from this machine
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    flash(button, "Copied");
  }

  function flash(button, words) {
    const was = button.dataset.words ?? button.textContent;
    button.dataset.words = was;
    button.textContent = words;
    announce(words);
    setTimeout(() => { button.textContent = was; }, 1500);
  }

  function save() {
    const title = one("#transcript .episode")?.dataset.heading ?? "Earmark";
    const text = `# ${title}\n\n${turns().map(markdown).filter(Boolean).join("\n")}`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
    link.download = `earmark-${(shownEpisode() ?? "conversation").replace(/[^\w.-]+/g, "-")}.md`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function rate(button) {
    const turn = button.closest(".turn");
    all('[data-do="up"], [data-do="down"]', turn).forEach((other) => { other.disabled = true; });
    button.setAttribute("aria-pressed", "true");
    fire("rate", { token: turn.dataset.token, thumb: button.dataset.do });
    announce("Saved. Thank you.");
  }

  function setTheme(dark) {
    document.body.classList.toggle("dark", dark);
  }

  const does = {
    example: (button) => ask(button.textContent),
    copy,
    retry: (button) => {
      const turn = button.closest(".turn");
      ask(turn.dataset.question, choice.episode, choice.model, turn);
    },
    edit: (button) => { setEditing(true); setBox(button.closest(".turn").dataset.question); box().focus(); },
    up: rate,
    down: rate,
    new: () => location.assign(address()),
    export: save,
    transcript: () => setView("episode"),
    back,
    earlier: () => setNudge(-0.5),
    later: () => setNudge(0.5),
    follow: () => setFollowing(!following),
    theme: () => {
      const dark = !document.body.classList.contains("dark");
      remember("earmark-theme", dark ? "dark" : "light");
      setTheme(dark);
    },
  };

  /* ---- listening -------------------------------------------------------------------------------------------- */
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
    });
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
    const moved = () => { if (performance.now() - ownScroll > 1000) setFollowing(false); };
    for (const kind of ["wheel", "touchmove"]) panel()?.addEventListener(kind, moved, { passive: true });
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

  return { ask, stop: () => running?.abort(), mountConversation, mountTranscript };
})();
