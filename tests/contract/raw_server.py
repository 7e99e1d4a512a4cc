"""Servers that speak HTTP badly on purpose, on real loopback sockets: what they send is written down byte by byte."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Behaviour: TypeAlias = Callable[[socket.socket, bytes], bool]
"""Told the connection and one request; answers, and tells whether the connection goes on."""


def http(body: bytes = b"{}", *, status: str = "200 OK", more: bytes = b"") -> bytes:
    """Write an answer with its length."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n".encode() + more + b"\r\n" + body


def answering(answer: bytes | None = None, *, then_close: bool = False) -> Behaviour:
    """Answer each request with the same bytes."""

    def behave(connection: socket.socket, _request: bytes) -> bool:
        connection.sendall(http() if answer is None else answer)
        return not then_close

    return behave


def resetting(connection: socket.socket, _request: bytes) -> bool:
    """Break the connection off with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


class Server:
    """Accepts connections on a free port of this machine and behaves as told; remembers what it was sent."""

    def __init__(self, behave: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._behave = behave
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join(5)

    def hang_up(self) -> None:
        """End the connections that stand."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        try:
            if self._tls is not None:
                plain, connection = connection, self._tls.wrap_socket(connection, server_side=True)
                self._open = (self._open - {plain}) | {connection}
            while request := read_request(connection):
                self.requests.append(request)
                if not self._behave(connection, request):
                    return
        except (OSError, ValueError):
            pass
        finally:
            self._open.discard(connection)
            connection.close()


def read_request(connection: socket.socket) -> bytes:
    """Read one request with its body; nothing at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(body) < int(line.partition(b":")[2]):
                body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def nobody() -> str:
    """Return the address of a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


class Authority:
    """A certificate authority of the tests' own, and a server certificate for this machine."""

    def __init__(self, folder: Path) -> None:
        self.ca_file = folder / "ca.pem"
        server_file = folder / "server.pem"
        now = dt.datetime.now(dt.UTC)
        ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        ca_name, server_name = _name("fenzu tests"), _name("localhost")

        def certificate(
            subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_ca: bool
        ) -> x509.Certificate:
            hosts = [
                x509.DNSName("localhost"),
                x509.DNSName("platform.example"),
                x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            ]
            return (
                x509.CertificateBuilder()
                .subject_name(subject)
                .issuer_name(ca_name)
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(now - dt.timedelta(days=1))
                .not_valid_after(now + dt.timedelta(days=1))
                .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
                .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
                .add_extension(
                    x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
                )
                .add_extension(
                    x509.KeyUsage(
                        digital_signature=True,
                        key_cert_sign=is_ca,
                        crl_sign=is_ca,
                        content_commitment=False,
                        key_encipherment=False,
                        data_encipherment=False,
                        key_agreement=False,
                        encipher_only=False,
                        decipher_only=False,
                    ),
                    critical=True,
                )
                .sign(ca_key, hashes.SHA256())
            )

        self.ca_file.write_bytes(_pem(certificate(ca_name, ca_key, is_ca=True)))
        private = server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        server_file.write_bytes(_pem(certificate(server_name, server_key, is_ca=False)) + private)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(server_file)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def tunnelling(to: Server) -> Behaviour:
    """Behave as a proxy that opens tunnels, all of them to one server."""

    def behave(connection: socket.socket, request: bytes) -> bool:
        if not request.startswith(b"CONNECT "):
            connection.sendall(http(b'{"by":"proxy"}'))
            return True
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", to.port)) as there:
            ways = [
                threading.Thread(target=_pump, args=way, daemon=True)
                for way in ((connection, there), (there, connection))
            ]
            for way in ways:
                way.start()
            for way in ways:
                way.join()
        return False

    return behave


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def chunks(*parts: bytes) -> Iterator[bytes]:
    """Write a body in chunks."""
    for part in parts:
        yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
    yield b"0\r\n\r\n"
