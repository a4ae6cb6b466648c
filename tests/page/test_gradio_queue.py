import subprocess
import sys

PRINTED = "import gradio; page = gradio.Blocks(); page.queue(); print(page._queue.sleep_when_free)"


def test_gradio_has_the_pause_that_the_page_makes_longer():
    """In a process of its own: Gradio leaves an event loop open."""
    printed = subprocess.run([sys.executable, "-c", PRINTED], capture_output=True, text=True, check=True).stdout
    assert 0 < float(printed) < 0.02
