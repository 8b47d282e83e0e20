"""Messages on their way: to a real SMTP server, to the console, in the background."""

from __future__ import annotations

import io
import logging
import threading

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.ports import free_port
from wger_flask.mail.delivery import Console, Smtp, compose, delivery
from wger_flask.mail.outbox import Outbox
from wger_flask.settings_reader import load

MESSAGE = compose("wger <wger@example.org>", "anna@example.net", "Grüße", "Schön, dich zu sehen.\n")


class Inbox:
    """Keep what an SMTP server receives."""

    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp():
    """Start SMTP servers: ``smtp(user, password)`` gives an inbox and the port."""
    started = []

    def start(user: str = "", password: str = ""):
        def check(server, session, envelope, mechanism, data):
            return AuthResult(success=(data.login, data.password) == (user.encode(), password.encode()), handled=False)

        inbox = Inbox()
        more = {"authenticator": check, "auth_required": True, "auth_require_tls": False} if user else {}
        controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), ready_timeout=300, **more)
        controller.start()
        started.append(controller)
        return inbox, controller.port

    yield start
    for controller in started:
        controller.stop()


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("anna@ex\u00e4mple.de", "anna@xn--exmple-cua.de"),
        ('"a@b"@example.org', '"a@b"@example.org'),
        ('"a\\ b"@example.org', None),
        ("a@[127.0.0.1]", "a@[127.0.0.1]"),
        ("a@" + "\u00e4" * 63 + ".de", None),  # no domain
    ],
)
def test_odd_addresses(smtp, address, sent):
    inbox, port = smtp()
    message = compose("wger@example.org", address, "Hello", "Hello.\n")
    assert message.as_bytes()
    if sent:
        Smtp("127.0.0.1", port)(message)
        assert [envelope.rcpt_tos for envelope in inbox.received] == [[sent]]


def test_a_message_arrives(smtp):
    inbox, port = smtp()
    Smtp("127.0.0.1", port)(MESSAGE)
    (envelope,) = inbox.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("wger@example.org", ["anna@example.net"])
    assert b"Auto-Submitted: auto-generated" in envelope.content
    assert b"Message-ID: <" in envelope.content and b"@example.org>" in envelope.content
    assert "Schön".encode() in envelope.content or b"Sch=C3=B6n" in envelope.content or b"base64" in envelope.content


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_logging_in_at_the_server(smtp):
    inbox, port = smtp("robot", "secret")
    Smtp("127.0.0.1", port, "robot", "secret")(MESSAGE)
    assert len(inbox.received) == 1
    with pytest.raises(OSError):
        Smtp("127.0.0.1", port, "robot", "wrong")(MESSAGE)
    with pytest.raises(OSError):
        Smtp("127.0.0.1", port)(MESSAGE)


def test_nothing_is_sent_in_the_clear_that_should_be_encrypted(smtp):
    inbox, port = smtp()
    for encryption in ("starttls", "tls"):
        with pytest.raises(OSError):
            Smtp("127.0.0.1", port, encryption=encryption)(MESSAGE)
    assert inbox.received == []


@pytest.mark.parametrize(
    "settings",
    [
        {"to": "a@example.org\r\nBcc: b@example.org"},
        {"subject": "x\nBcc: b@example.org"},
    ],
)
def test_headers_cannot_be_smuggled_in(settings):
    with pytest.raises(ValueError):
        compose("wger@example.org", settings.get("to", "a@example.org"), settings.get("subject", "x"), "text")


def test_the_console(capsys):
    stream = io.StringIO()
    Console(stream)(MESSAGE)
    text = stream.getvalue()
    assert "To: anna@example.net\nSubject: Grüße\n\nSchön, dich zu sehen.\n" in text
    Console()(MESSAGE)
    assert capsys.readouterr().out == text


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, Console()),
        ({"EMAIL_HOST": "localhost"}, Smtp("localhost", 25)),
        ({"EMAIL_HOST": "mx.example.org", "EMAIL_USE_TLS": "1"}, Smtp("mx.example.org", 587, encryption="starttls")),
        (
            {
                "EMAIL_HOST": "mx.example.org",
                "EMAIL_PORT": "465",
                "EMAIL_USE_SSL": "1",
                "EMAIL_HOST_USER": "robot",
                "EMAIL_HOST_PASSWORD": "secret",
            },
            Smtp("mx.example.org", 465, "robot", "secret", "tls"),
        ),
    ],
)
def test_settings_choose_the_way(environ, expected):
    assert delivery(load(environ=environ)) == expected


def test_no_password_in_a_printed_delivery():
    assert "secret" not in repr(Smtp("mx.example.org", 465, "robot", "secret", "tls"))


def test_the_outbox_keeps_the_order_and_never_makes_anybody_wait():
    gate, sent = threading.Event(), []

    def deliver(message):
        gate.wait(600)
        sent.append(message)

    outbox = Outbox(deliver)
    for number in range(3):
        outbox.post(number)
    assert sent == []
    gate.set()
    outbox.close()
    assert sent == [0, 1, 2]


def test_a_message_that_cannot_be_delivered_is_noted_without_its_content(caplog):
    sent = []

    def deliver(message):
        if not sent:
            sent.append(None)
            raise OSError("no route to host")
        sent.append(message)

    outbox = Outbox(deliver)
    with caplog.at_level(logging.ERROR, "wger_flask.mail"):
        outbox.post(MESSAGE)
        outbox.post(MESSAGE)
        outbox.close()
    assert sent == [None, MESSAGE]
    assert "anna@example.net" in caplog.text and "no route to host" in caplog.text and "zu sehen" not in caplog.text
