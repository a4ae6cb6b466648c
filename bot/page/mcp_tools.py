"""The endpoints for programs as tools of the Model Context Protocol at `/mcp`, where the extra `mcp` is installed.

Gradio's own extra for it would bring an older pydantic for all; the protocol's own package does not.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from bot.page.answering import Answering
from bot.page.endpoints import endpoints_of

if TYPE_CHECKING:
    from mcp.server import MCPServer

PATH: Final = "/mcp"
INSTRUCTIONS: Final = (
    "Answers questions about podcast episodes from their transcripts. Each sentence of an answer carries the time, "
    "[m:ss], of what it rests on. `verdict` is `not_in_episode` where nothing answers; `nearest` then has the moments "
    "that come closest. `episodes` lists what can be asked about; where `episode` is not given, all are searched."
)


class McpTools:
    """`routes` are answered inside `running`. Which hosts and origins may call is not decided here."""

    def __init__(self, server: MCPServer[Any]) -> None:
        from mcp.server.transport_security import TransportSecuritySettings
        from starlette.responses import PlainTextResponse
        from starlette.routing import Route

        # Each request stands alone, so that any copy of the page can answer it; the page's guard stands before it.
        app = server.streamable_http_app(
            streamable_http_path=PATH,
            stateless_http=True,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        only_post = PlainTextResponse("Only POST is answered here", 405, {"Allow": "POST"})  # no stream without a call
        self.routes = [Route(PATH, app, methods=["POST"]), Route(PATH, only_post)]
        self._server = server

    def running(self, _: object) -> AbstractAsyncContextManager[None]:
        """For the lifespan of the application that this one is a part of."""
        return self._server.session_manager.run()


def mcp_tools(answering: Answering) -> McpTools | None:
    """None where the extra is not installed, or in an older version."""
    try:
        from mcp.server import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
    except ImportError:
        return None
    server: MCPServer[Any] = MCPServer(
        "earmark", instructions=INSTRUCTIONS, version=version("earmark"), log_level="WARNING"
    )
    for endpoint in endpoints_of(answering, ToolError):
        server.add_tool(endpoint)
    return McpTools(server)
