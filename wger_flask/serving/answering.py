"""Answer one request that has arrived whole, in the thread that was taken for it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from gunicorn.http import wsgi
from gunicorn.http.errors import NoMoreData
from gunicorn.http.parser import RequestParser

from .connection import GONE, Connection, short_answer
from .streaming import KEY, Streamed, Streaming

if TYPE_CHECKING:
    from .worker import BufferingWorker


def answer(worker: BufferingWorker, connection: Connection) -> bool:
    """Answer the request that has arrived; tell whether another may follow."""
    request, out, parsed = connection.request, connection.answer, None
    try:
        parser = RequestParser(worker.cfg, request, connection.client)
        parser.req_count = connection.requests
        parsed = next(parser)
        return _run_application(worker, connection, parsed) and not request.must_close
    except (NoMoreData, StopIteration):
        if request.head_too_long:
            out.sendall(short_answer(431, "Request Header Fields Too Large", "The headers are too large."))
    except OSError as wrong:
        if wrong.errno not in GONE:
            worker.log.exception("Socket error processing request.")
    except Exception as wrong:
        worker.handle_error(parsed, out, connection.client, wrong)
    return False


def _run_application(worker: BufferingWorker, connection: Connection, parsed: Any) -> bool:
    response: Any = None
    environ: dict[str, Any] = {}
    is_streamed = False

    def ended() -> None:
        with suppress(Exception):
            worker.cfg.post_request(worker, parsed, environ, response)

    try:
        worker.cfg.pre_request(worker, parsed)
        start = monotonic()  # clocks on the wall may be set back meanwhile
        response, environ = wsgi.create(parsed, connection.answer, connection.client, connection.server, worker.cfg)
        environ["wsgi.multithread"], environ[KEY] = True, Streamed
        worker.nr += 1
        if worker.nr >= worker.max_requests and worker.alive:
            worker.log.info("Autorestarting worker after current request.")
            worker.alive = False
        if not worker.alive or not worker.cfg.keepalive or connection.request.must_close:
            response.force_close()
        chunks = worker.wsgi(environ, response.start_response)
        if isinstance(chunks, Streamed):
            response.force_close()
            is_streamed = True

            def over() -> None:
                worker.log.access(response, parsed, environ, timedelta(seconds=monotonic() - start))
                ended()

            worker.streams.begin(connection, Streaming(chunks.source, response, over))
            return False
        try:
            if isinstance(chunks, environ["wsgi.file_wrapper"]):
                response.write_file(chunks)
            else:
                for chunk in chunks:
                    response.write(chunk)
            response.close()
        finally:
            worker.log.access(response, parsed, environ, timedelta(seconds=monotonic() - start))
            if hasattr(chunks, "close"):
                chunks.close()
        return not response.should_close()
    except OSError:
        raise
    except Exception:
        if response is not None and response.headers_sent:
            worker.log.exception("Error handling request")
            raise StopIteration from None  # half an answer has gone: nothing can be said any more
        raise
    finally:
        if not is_streamed:
            ended()
