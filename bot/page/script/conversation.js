/* Asking: a question goes out, its turn grows, older turns stay. */
const HISTORY_TURNS = 12;

let running = null;  // the request of the turn that grows
let choice = {};     // episode and model as last chosen
let editing = false;
let scrolledAway = false;

class Refused extends Error {} // the page says no, in words for the reader

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
    cutShort(question, number, running.signal.aborted ? "Stopped." : wordsFor(error));
  }
  running = null;
  end();
}

function wordsFor(error) {
  if (error instanceof Refused) return error.message;
  return `${error instanceof TypeError ? "The connection was lost" : "The answer broke off"}. Ask again.`;
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
  if (response.status === 401) throw new Refused("You are not logged in any more. Load this page again.");
  if (response.status === 413) throw new Refused("That is too long. Ask a shorter question, or begin a new conversation.");
  if (!response.ok) throw new Refused(await response.text());
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
