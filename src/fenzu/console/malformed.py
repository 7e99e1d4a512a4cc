"""What is no HTTP: it is refused before anybody knows in which language to answer, so in both. Knows no page."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

WORDS = "400 Bad Request: this is no HTTP that the console understands\n控制台无法识别的 HTTP 请求\n".encode()
REFUSAL = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
    b"connection: close\r\n\r\n" % len(WORDS)
) + WORDS


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP on one connection, but for the words of its refusal."""

    def send_400_response(self, msg: str) -> None:
        """Refuse, and close the connection; uvicorn's own words are left out."""
        self.transport.write(REFUSAL)
        self.transport.close()
