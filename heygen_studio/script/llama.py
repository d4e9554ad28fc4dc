"""The process that runs llama.cpp: one JSON object a line in and out.

In: a chat completions request, or "stop" to end the answer that is being written. Out: ``{"ready": true}`` once the model is
loaded, ``{"text": "..."}`` for every piece (empty between batches of the prompt), then ``{"done": true}``; or ``{"error": "..."}``.

A process of its own, because loading a model holds Python's interpreter lock for seconds and cannot be interrupted, and because
llama.cpp crashes when Python exits while it still computes. The process ends with its standard input.
"""

from __future__ import annotations

import json
import os
import queue
import secrets
import sys
import threading
from typing import Any

#: Tokens of context: the longest prompt and facts in Chinese, the script so far, and a part to write.
CONTEXT = 8192
#: Prompt tokens between two looks at the stop flag: about half a second of one core with a 1.5B model.
BATCH = 16
#: Log level of llama.cpp below which nothing is printed; errors come back as exceptions and answers.
SILENT = -1


def main(path: str, threads: int) -> None:
    """Serve requests until standard input ends."""
    requests: queue.Queue[dict[str, Any]] = queue.Queue()
    stop = threading.Event()

    def read() -> None:
        for line in sys.stdin:
            if line.strip() == "stop":
                stop.set()
            else:
                requests.put(json.loads(line))
        os._exit(0)

    try:
        server = load(path, threads)
    except (ImportError, RuntimeError) as error:
        _send({"error": type(error).__name__})
        return
    _send({"ready": True})
    threading.Thread(target=read, daemon=True).start()
    while True:
        request = requests.get()
        stop.clear()
        _answer(server, request, stop)


def load(path: str, threads: int) -> Any:
    """The llama.cpp server of a model file. Raises RuntimeError if the file cannot be loaded."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = CONTEXT
    params.n_batch = params.n_ubatch = BATCH
    params.n_parallel = 1
    params.warmup = False
    params.fit_params = False
    params.cache_ram_mib = 0
    params.verbosity = SILENT
    params.api_keys = [secrets.token_hex()]  # the local port that llama.cpp opens answers nobody
    params.ui = False
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = threads
        cpu.poll = 0  # a waiting thread sleeps: spinning starves the rest of a small machine
    return xllamacpp.Server(params)


def _answer(server: Any, request: dict[str, Any], stop: threading.Event) -> None:
    """Write one answer; its last message is ``done`` or ``error``."""
    end: dict[str, Any] = {"done": True}

    def on_chunk(chunk: dict[str, Any]) -> bool:
        if "error" in chunk:
            end.clear()
            end["error"] = str(chunk["error"].get("message", chunk["error"]))
            return True
        choices = chunk.get("choices") or [{}]
        _send({"text": choices[0].get("delta", {}).get("content") or ""})
        return stop.is_set()

    server.handle_chat_completions(request, on_chunk)
    _send(end)


def _send(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
