/* What each button does. */
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
