"""The links into a console, told to whoever started it: a line of JSON for programs, words for people, a browser."""

import threading
import webbrowser

from fenzu.cli.io import Streams
from fenzu.wire.words import Words


class Links:
    """Tells links as they are made; with `opened` the first one is opened in a browser."""

    def __init__(self, streams: Streams, *, opened: bool) -> None:
        self._streams, self._opened = streams, opened

    def ready(self, link: str) -> None:
        """Tell the first link, once pages are answered."""
        streams = self._streams
        streams.json_line({"ready": True, "url": link})
        streams.out.flush()
        if streams.err.isatty():  # a person can click it; a program has read it above
            self.again(link)
        streams.say(
            Words(
                "Open the link in a browser; it works once. Enter: another link. Ctrl-C: end.",
                "请在浏览器中打开链接（只能用一次）。回车：新的链接。Ctrl-C：结束。",
            )
        )
        if self._opened:
            # In a thread: a browser of the terminal holds whoever calls it until it is closed.
            threading.Thread(target=self.open, args=(link,), daemon=True).start()

    def again(self, link: str) -> None:
        """Tell another link."""
        self._streams.say(Words(link, link))

    def open(self, link: str) -> None:
        """Open a link in a browser, and say so where there is none."""
        if not webbrowser.open(link):
            self._streams.say(
                Words("No browser was found here: open the link in one.", "没有找到浏览器，请自行打开链接。")
            )
