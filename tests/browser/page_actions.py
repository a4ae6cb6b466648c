"""What a reader does on the page, and a window that fails its test if anything leaves this machine."""

import re

START = "Where did Runway start?"
# What Gradio's script complains of when its page is left while one of its requests is under way.
CUT_SHORT = re.compile("signal is aborted without reason|Connection errored out")


class Window:
    """A context manager: one page, opened; `check` says that nothing went outside and the console was silent."""

    def __init__(self, browser, url, path="/", **context):
        options = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **context}
        self._url = url
        self._context = browser.new_context(**options)
        self.outside, self.complaints, self.visits = [], [], []
        self.page = self._context.new_page()
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.outside.append(dialog.message) or dialog.dismiss())
        self.page.goto(url + path)
        self.page.wait_for_selector("#question")

    def _note_request(self, request):
        if request.is_navigation_request():
            self.visits.append(request.url)
        if not request.url.startswith((self._url + "/", "data:", "blob:")):
            self.outside.append(request.url)

    def _note_console(self, line):
        if line.type in ("error", "warning"):
            self.complaints.append(line.text)

    def check(self):
        outside, complaints = self.outside[:], self.complaints[:]
        self.outside.clear()
        self.complaints.clear()
        assert outside == []
        assert [line for line in complaints if len(self.visits) == 1 or not CUT_SHORT.search(line)] == []

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        self._context.close()
        if failure is None:
            self.check()


def begin_anew(page):
    """An empty conversation without loading the page again, unless a test was left in the middle of an answer."""
    if page.evaluate("document.body.dataset.busy === 'yes'"):
        page.reload()
        page.wait_for_selector("#question")
    page.evaluate("document.querySelectorAll('.turn').forEach(turn => turn.remove())")
    page.fill("#question", "")


def ask(page, question):
    # Gradio hands the key on later: until then an old turn with the same words looks like the answer
    page.evaluate("document.querySelectorAll('.turn').forEach(turn => { turn.dataset.before = 'yes'; })")
    page.fill("#question", question)
    page.press("#question", "Enter")
    answered(page, question)


def answered(page, question=None):
    """Waits for the end of the turn that is being answered."""
    page.wait_for_function(
        """question => {
            const turn = document.querySelector("#live .turn");
            return turn && !turn.dataset.before && document.body.dataset.busy === "no"
                && (!question || turn.dataset.question === question);
        }""",
        arg=question,
    )


def lit(page):
    """The words of the lit sentences."""
    return " ".join(" ".join(page.locator("#transcript .row.lit .words").all_inner_texts()).split())


def wait_until(page, holds, seconds=10):
    for _ in range(seconds * 20):
        if holds():
            return
        page.wait_for_timeout(50)
