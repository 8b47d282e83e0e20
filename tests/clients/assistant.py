"""Speak to an MCP server over stdio, in JSON-RPC, as an assistant does; the standard library is enough."""

from __future__ import annotations

import json
import os
import subprocess
import threading

PATIENCE = 900.0


class Assistant:
    """A ``wger-mcp`` that runs, and a conversation with it."""

    def __init__(self, command: str, base_url: str, token: str):
        environment = {**os.environ, "WGER_BASE_URL": base_url, "WGER_API_KEY": token}
        self.process = subprocess.Popen(
            [command, "--transport", "stdio"],
            env=environment,
            text=True,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._watchdog = threading.Timer(PATIENCE, self.process.kill)  # a tool that hangs must not hang the tour
        self._watchdog.start()
        self._number = 0
        told = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "tour", "version": "1"}}
        self.ask("initialize", told)
        self._send({"method": "notifications/initialized"})

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *error) -> None:
        self._watchdog.cancel()
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def _send(self, message: dict) -> None:
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def ask(self, method: str, params: dict) -> dict:
        """Return the result of a call; raises RuntimeError when it is refused or nobody answers."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        for line in self.process.stdout:
            answer = json.loads(line)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(answer["error"].get("message"))
                return answer["result"]
        raise RuntimeError("wger-mcp ended without an answer")

    def tools(self) -> set[str]:
        """Return the names of the tools."""
        return {tool["name"] for tool in self.ask("tools/list", {})["tools"]}

    def use(self, tool: str, arguments: dict):
        """Return what a tool gives; raises RuntimeError with the text of its complaint."""
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        texts = [part["text"] for part in result.get("content", []) if part.get("type") == "text"]
        if result.get("isError"):
            raise RuntimeError(" ".join(texts))
        structured = result.get("structuredContent")
        if structured is not None:
            return structured["result"] if set(structured) == {"result"} else structured
        found = [_parsed(text) for text in texts]
        return found[0] if len(found) == 1 else found


def _parsed(text: str):
    try:
        return json.loads(text)
    except ValueError:
        return text
