"""Gradio's ChatInterface as it comes, with the same answers: what `tests.load_page` compares the page with."""

import argparse
import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from bot.earmark import Earmark
from bot.records import Reply


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    bot = Earmark.open(options.store)

    def respond(message, history):
        del history
        text = ""
        for part in bot.stream(message):
            text = part.text if isinstance(part, Reply) else text + part
            yield text

    chat = gr.ChatInterface(respond, api_name="chat", concurrency_limit=None)
    _, url, _ = chat.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
    print(f"Plain chat at {url.rstrip('/')}", flush=True)
    chat.block_thread()


if __name__ == "__main__":
    main()
