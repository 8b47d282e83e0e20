"""The server and a proxy in front of it, by the files of config/deploy with ports, names and a certificate of ours."""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import ROOT
from tests.ports import free_port

DEPLOY = ROOT / "config" / "deploy"
MODULES = Path("/usr/lib/apache2/modules")
START_SECONDS = 300.0
LARGEST = 4 << 20  # bytes of a body

NGINX = """
daemon off; {user} pid {folder}/nginx.pid; error_log {folder}/proxy.log; events {{ }}
http {{
    access_log off; client_body_temp_path {folder}/nb; proxy_temp_path {folder}/np; fastcgi_temp_path {folder}/nf;
    uwsgi_temp_path {folder}/nu; scgi_temp_path {folder}/ns;
    {site}
}}
"""
NGINX_HOST = """
server {{
    listen 443 ssl; ssl_certificate /etc/letsencrypt/live/x/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/x/privkey.pem;
    location / {{ return 404; }}
    {site}
}}
"""
APACHE = """
ServerRoot {folder}
ServerName localhost
PidFile {folder}/apache.pid
DefaultRuntimeDir {folder}
Mutex file:{folder} default
ErrorLog {folder}/proxy.log
{modules}
{user}
Listen 127.0.0.1:{plain}
Listen 127.0.0.1:{port}
{site}
"""
APACHE_HOST = """
<VirtualHost *:443>
SSLEngine on
SSLCertificateFile /etc/letsencrypt/live/x/fullchain.pem
SSLCertificateKeyFile /etc/letsencrypt/live/x/privkey.pem
{site}
</VirtualHost>
"""
CADDY = "{{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system {folder}/caddy\n}}\n{site}"


@dataclass(frozen=True)
class Site:
    """A server that is reached at ``url`` through a proxy, and without it at ``behind``."""

    proxy: str
    url: str
    behind: str
    plain: int
    certificate: Path
    folder: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``wger-flask`` with the server's settings."""
        command = [sys.executable, "-m", "wger_flask", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)


def make_certificate(folder: Path) -> Path:
    """Write a certificate for localhost that vouches for itself, and its key; returns the path of the first."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    hosts: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    return folder / "fullchain.pem"


def nginx(site: str, folder: Path, port: int, plain: int, below_path: bool) -> list[str]:
    """Return the command of nginx with a site's file, after writing what belongs around it."""
    site = NGINX_HOST.format(site=site) if below_path else site
    site = re.sub(r"/etc/letsencrypt/live/[^/]+", str(folder), site)
    site = site.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace("listen 443", f"listen 127.0.0.1:{port}")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, site=site, user=user))
    return ["nginx", "-e", f"{folder}/proxy.log", "-c", f"{folder}/nginx.conf"]


def apache(site: str, folder: Path, port: int, plain: int, below_path: bool) -> list[str]:
    """Return the command of Apache, likewise."""
    site = APACHE_HOST.format(site=site) if below_path else site
    site = re.sub(r"/etc/letsencrypt/live/[^/]+", str(folder), site)
    site = site.replace("*:80>", f"*:{plain}>").replace("*:443>", f"*:{port}>")
    names = ("mpm_event", "authz_core", "alias", "proxy", "proxy_http", "headers", "ssl")
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names)
    user = "User nobody\nGroup nogroup" if os.geteuid() == 0 else ""
    text = APACHE.format(folder=folder, site=site, modules=modules, user=user, port=port, plain=plain)
    (folder / "apache.conf").write_text(text)
    return ["apache2", "-d", str(folder), "-f", f"{folder}/apache.conf", "-D", "FOREGROUND"]


def caddy(site: str, folder: Path, port: int, plain: int, below_path: bool) -> list[str]:
    """Return the command of Caddy, likewise; the certificate is ours, as no authority knows this machine."""
    tls = f"{{\n\ttls {folder}/fullchain.pem {folder}/privkey.pem\n"
    site = re.sub(r"^https://localhost:\d+ \{\n", lambda found: found[0].replace("{\n", tls), site, flags=re.M)
    (folder / "Caddyfile").write_text(CADDY.format(folder=folder, site=site))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


PROXIES: dict[str, Callable[[str, Path, int, int, bool], list[str]]] = {
    "nginx.conf": nginx,
    "Caddyfile": caddy,
    "apache.conf": apache,
}


def file_of(proxy: str, below_path: bool) -> Path:
    """Return the file of a proxy for the root of a host, or for a path of it."""
    return (
        DEPLOY / (proxy.replace(".", "-path.") if "." in proxy else f"{proxy}-path") if below_path else DEPLOY / proxy
    )


@contextmanager
def proxied(
    proxy: str, below_path: bool, folder: Path, meddle: Callable[[str], str] = lambda text: text
) -> Iterator[Site]:
    """Run the server and a proxy with its file of config/deploy, changed by ``meddle``."""
    port, plain, behind = free_port(), free_port(), free_port()
    certificate = make_certificate(folder)
    url = f"https://localhost:{port}{'/wger' if below_path else ''}"
    text = meddle(file_of(proxy, below_path).read_text()).replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    text = re.sub(r"(?m)^(wger\.)?example\.org \{", f"https://localhost:{port} {{", text)
    text = re.sub(r"(wger\.)?example\.org", "localhost", text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WGER_")} | {
        "WGER_INSTANCE_PATH": str(folder / "instance"),
        "SITE_URL": url,
        "NUMBER_OF_PROXIES": "1",
        "WGER_PLUGINS": "none",
        "WGER_RATELIMIT_ENABLED": "0",
        "WGER_OPEN_FOOD_FACTS": "off",
        "WGER_WORKERS": "1",
        "WGER_MAX_BODY_SIZE": str(LARGEST >> 20),
        "WGER_PASSWORD_HASH": "pbkdf2_sha256",
        "WGER_PASSWORD_ITERATIONS": "1000",
        "SSL_CERT_FILE": str(certificate),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    site = Site(proxy, url, f"http://127.0.0.1:{behind}", plain, certificate, folder, environment)
    server = [sys.executable, "-m", "wger_flask", "serve", "--bind", f"127.0.0.1:{behind}"]
    started = []
    try:
        for command, log, ours in (
            (server, "server.log", behind),
            (PROXIES[proxy](text, folder, port, plain, below_path), "proxy.out", port),
        ):
            with (folder / log).open("ab") as out:
                process = subprocess.Popen(
                    command, cwd=ROOT, env=environment | {"HOME": str(folder)}, stdout=out, stderr=out
                )
            started.append(process)
            _wait(ours, process, folder / log)
        yield site
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until something listens; raises AssertionError with what the program said where it has ended."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-2000:]
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise AssertionError(f"nothing listens on {port}: {log.read_text()[-2000:]}")
