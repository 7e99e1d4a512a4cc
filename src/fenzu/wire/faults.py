"""What a fault makes of a call, in words: the sandbox tells it at its start, the console beside each request."""

from fenzu.wire.words import Words

EFFECTS: dict[str, Words] = {
    "lost_answer": Words("done, and the answer lost", "已执行，但应答丢失"),
    "reset": Words("done, and the connection reset in mid-answer", "已执行，但应答中途连接被重置"),
    "truncate": Words("done, and the JSON cut off", "已执行，但 JSON 被截断"),
    "empty": Words("done, and the answer empty", "已执行，但应答为空"),
    "text_plain": Words("done, and the answer called text/plain", "已执行，但应答类型为 text/plain"),
    "stale": Words("answered as before the last write", "读到上次写入之前的数据"),
    "expire_token": Words("not done, and the token ends", "未执行，且 token 立即失效"),
}
